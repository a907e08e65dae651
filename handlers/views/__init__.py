"""What people see: facts and words in, Block Kit out. Nothing here asks, stores or sends.

facts       what a view is told                 names      the ids under which Slack answers
words       the reader's language and zone      blocks     Block Kit, built within Slack's limits
catalogues  the translations of its sentences    targets   a contract's target in words
typed       what people typed, made safe        clocks     a clock in words
cards       the desk's and the customer's card  log        the lines of a thread
reminders   due, late, escalated, paged         notices    what the customer is told
opening     the opening view                    acts       the modals behind the buttons
why         the account of a deadline           lists      lists, details, help
homes       App Home                            refusals   why not, and the way out
findings    what did not happen in Vakt itself

Every function is `view(facts, words)` and returns a `Rendered` message or a view's dictionary.
"""
