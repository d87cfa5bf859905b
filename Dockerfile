# Two stages: wheels are built with pip's cache and tools, and only they go into the image that runs.
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE manifest.yml ./
COPY bot ./bot
RUN pip wheel --no-cache-dir --wheel-dir /wheels '.[postgres]'

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 threadbook \
    && mkdir /data \
    && chown threadbook:threadbook /data
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-index /wheels/*.whl \
    && rm -r /wheels
USER 10001
WORKDIR /data
VOLUME /data
ENV PYTHONUNBUFFERED=1 \
    THREADBOOK_DATABASE_URL=sqlite+aiosqlite:////data/threadbook.db \
    THREADBOOK_HTTP_PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['THREADBOOK_HTTP_PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["threadbook"]
CMD ["serve"]
