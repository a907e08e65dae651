# Not built where it was written: there was no container engine at hand. Its command lines, and what
# it copies, are tested one by one (tests/house/test_containers.py).
FROM python:3.11-slim
WORKDIR /vakt

COPY requirements/run.txt requirements/run.txt
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/run.txt

COPY pyproject.toml README.md LICENSE manifest.yml ./
COPY bot bot
COPY handlers handlers
COPY models models
COPY sandbox sandbox
COPY policies policies
COPY migrations migrations
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation .

# SQLite's file and its lock lie here; with PostgreSQL nothing does.
RUN install -d -o 10001 -g 10001 /data
VOLUME /data
WORKDIR /data
USER 10001:10001

ENV VAKT_DATABASE_URL=sqlite:////data/vakt.db
ENV VAKT_LOG=json
EXPOSE 3000
STOPSIGNAL SIGTERM
ENTRYPOINT ["vakt"]
CMD ["run"]
