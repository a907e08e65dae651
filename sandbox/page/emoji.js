/** Emoji by their shortcodes: the ones people and bots really use. */

const TABLE = `
smile 😄|smiley 😃|grinning 😀|grin 😁|laughing 😆|joy 😂|rofl 🤣|slightly_smiling_face 🙂|simple_smile 🙂|wink 😉|blush 😊|heart_eyes 😍|thinking_face 🤔|neutral_face 😐|expressionless 😑|
face_with_raised_eyebrow 🤨|unamused 😒|sweat 😓|sweat_smile 😅|cry 😢|sob 😭|scream 😱|rage 😡|angry 😠|sunglasses 😎|sleeping 😴|zany_face 🤪|upside_down_face 🙃|face_with_rolling_eyes 🙄|
hugging_face 🤗|partying_face 🥳|exploding_head 🤯|shushing_face 🤫|zipper_mouth_face 🤐|mask 😷|innocent 😇|relieved 😌|pensive 😔|confused 😕|worried 😟|disappointed 😞|fearful 😨|skull 💀|ghost 👻|robot_face 🤖|
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|ok_hand 👌|wave 👋|clap 👏|raised_hands 🙌|pray 🙏|muscle 💪|point_right 👉|point_left 👈|point_up 👆|point_down 👇|raised_hand ✋|hand ✋|v ✌️|crossed_fingers 🤞|handshake 🤝|writing_hand ✍️|eyes 👀|
heart ❤️|orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙|broken_heart 💔|100 💯|sparkles ✨|star ⭐|star2 🌟|fire 🔥|boom 💥|zap ⚡|tada 🎉|confetti_ball 🎊|gift 🎁|trophy 🏆|medal 🏅|rocket 🚀|
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|heavy_multiplication_x ✖️|negative_squared_cross_mark ❎|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|sos 🆘|bangbang ‼️|exclamation ❗|question ❓|grey_question ❔|grey_exclamation ❕|information_source ℹ️|
red_circle 🔴|large_red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|large_red_square 🟥|large_orange_square 🟧|large_yellow_square 🟨|large_green_square 🟩|large_blue_square 🟦|white_large_square ⬜|black_large_square ⬛|small_red_triangle 🔺|small_red_triangle_down 🔻|large_blue_diamond 🔷|large_orange_diamond 🔶|
rotating_light 🚨|bell 🔔|no_bell 🔕|loudspeaker 📢|mega 📣|speech_balloon 💬|thought_balloon 💭|telephone_receiver 📞|phone ☎️|iphone 📱|pager 📟|email 📧|envelope ✉️|inbox_tray 📥|outbox_tray 📤|incoming_envelope 📨|mailbox 📫|
hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|timer_clock ⏲️|alarm_clock ⏰|clock1 🕐|clock3 🕒|clock6 🕕|clock9 🕘|clock12 🕛|watch ⌚|calendar 📆|date 📅|spiral_calendar_pad 🗓️|
memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|file_folder 📁|open_file_folder 📂|page_facing_up 📄|books 📚|book 📖|bookmark 🔖|label 🏷️|ticket 🎫|admission_tickets 🎟️|
mag 🔍|mag_right 🔎|lock 🔒|unlock 🔓|key 🔑|shield 🛡️|hammer 🔨|wrench 🔧|hammer_and_wrench 🛠️|gear ⚙️|nut_and_bolt 🔩|construction 🚧|toolbox 🧰|bulb 💡|battery 🔋|electric_plug 🔌|computer 💻|desktop_computer 🖥️|keyboard ⌨️|printer 🖨️|floppy_disk 💾|satellite_antenna 📡|
bug 🐛|ant 🐜|turtle 🐢|snail 🐌|cat 🐱|dog 🐶|panda_face 🐼|unicorn_face 🦄|owl 🦉|bird 🐦|
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_upper_right ↗️|arrow_heading_up ⤴️|arrow_heading_down ⤵️|arrows_counterclockwise 🔄|repeat 🔁|back 🔙|fast_forward ⏩|rewind ⏪|arrow_forward ▶️|black_square_for_stop ⏹️|double_vertical_bar ⏸️|heavy_plus_sign ➕|heavy_minus_sign ➖|
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|moneybag 💰|euro 💶|credit_card 💳|receipt 🧾|package 📦|truck 🚚|hospital 🏥|office 🏢|house 🏠|factory 🏭|earth_africa 🌍|globe_with_meridians 🌐|
sunny ☀️|partly_sunny ⛅|cloud ☁️|rain_cloud 🌧️|snowflake ❄️|umbrella ☔|crescent_moon 🌙|sunrise 🌅|coffee ☕|cake 🍰|pizza 🍕|beer 🍺|beers 🍻|apple 🍎|flag-no 🇳🇴|flag-se 🇸🇪|flag-gb 🇬🇧|flag-dk 🇩🇰|flag-fi 🇫🇮|checkered_flag 🏁|triangular_flag_on_post 🚩|white_flag 🏳️|
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|zero 0️⃣|keycap_ten 🔟|busts_in_silhouette 👥|bust_in_silhouette 👤|technologist 🧑‍💻|man-shrugging 🤷‍♂️|woman-shrugging 🤷‍♀️|shrug 🤷|facepalm 🤦`;

export const EMOJI = new Map(
  TABLE.trim()
    .split("|")
    .map((entry) => {
      const text = entry.trim();
      const cut = text.indexOf(" ");
      return [text.slice(0, cut), text.slice(cut + 1)];
    }),
);

/** The six a reaction is most likely to be. */
export const QUICK = ["+1", "eyes", "white_check_mark", "pray", "tada", "heart"];

/** Whether this machine can draw emoji: a bare one shows empty boxes, and words are better than boxes. */
export const DRAWN = drawn();

function drawn() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) return false;
  pen.font = "14px 'Noto Color Emoji', 'Apple Color Emoji', 'Segoe UI Emoji', sans-serif";
  pen.textBaseline = "top";
  pen.fillText("😀", 0, 0);
  const { data } = pen.getImageData(0, 0, 16, 16);
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 128 && data[i] !== data[i + 2]) return true; // it has a colour
  return false;
}

/** The character of a shortcode, skin tones left out; null when it is not known or cannot be drawn. */
export const emojiOf = (name) => (DRAWN ? (EMOJI.get(name.split("::")[0]) ?? null) : null);

const SHORTCODE = /:([a-z0-9_+'-]+)(?:::skin-tone-\d)?:/g;

/** `text` with every known `:shortcode:` replaced by its character. */
export const withEmoji = (text) => text.replace(SHORTCODE, (whole, name) => emojiOf(name) ?? whole);
