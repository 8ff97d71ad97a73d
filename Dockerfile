# The bot in one container: docker build -t attache . ; data lives in /data.
FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 OPENBLAS_NUM_THREADS=1 ATTACHE_DATABASE_URL=sqlite+aiosqlite:////data/attache.db
WORKDIR /app
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY bot bot
COPY adapters adapters
COPY storage storage
COPY seeds seeds
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation . && useradd --create-home attache && mkdir /data && chown attache /data
USER attache
VOLUME /data
ENTRYPOINT ["attache"]
CMD ["run"]
