# One image for web, worker, beat and migrate: docker-compose.yml says which runs what.
FROM python:3.13.9-slim-bookworm AS packages
WORKDIR /app
COPY pyproject.toml requirements.lock ./
# The lock pins the installer, too; of the rest, only what Kept needs to run, as wheels.
RUN sed -n '/^uv==/,/[^\\]$/p' requirements.lock > installer.lock \
    && pip install --no-cache-dir --require-hashes --no-deps --requirement installer.lock \
    && python -m venv --without-pip .venv \
    && uv pip install --python .venv/bin/python --no-cache --compile-bytecode \
        --only-binary :all: --require-hashes --requirements pyproject.toml \
        --constraints requirements.lock

FROM python:3.13.9-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin kept \
    && install --directory --owner kept --group kept /data/media
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000 \
    MEDIA_ROOT=/data/media
COPY --from=packages /app/.venv .venv
COPY manage.py LICENSE ./
COPY contacts contacts
COPY crm crm
COPY followups followups
COPY static static
COPY templates templates
RUN SECRET_KEY=only-while-building python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q contacts crm followups
USER kept
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8000/healthz', timeout=5)"]
CMD ["granian", "--interface", "wsgi", "--no-ws", "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--log-level", "warning", "crm.wsgi:application"]
