# One file for every service: docker build --build-arg SERVICE=identity -t bezkart/identity .
# What a process runs is said where it is started: docker run bezkart/identity services.identity.app api

FROM python:3.11.14-slim-bookworm AS build
ARG SERVICE
WORKDIR /build
COPY requirements.lock pyproject.toml ./
COPY bezkart/local/lock.py ./
# Only what the service's own extra names, by hash. What has no wheel is built with what this image brings along.
RUN python lock.py "${SERVICE}" > chosen.lock \
    && pip wheel --no-cache-dir --no-deps --no-build-isolation --require-hashes --wheel-dir wheels -r chosen.lock \
    && python -m venv --without-pip /app/venv \
    && pip --python /app/venv/bin/python install --no-cache-dir --no-index --no-deps wheels/*.whl
COPY bezkart bezkart
COPY services services
# The service's own rooms and the common ground; of the local runner nothing but the stand-ins for tries.
RUN mkdir -p /app/bezkart /app/services \
    && cp bezkart/__init__.py /app/bezkart/ \
    && cp -r bezkart/kernel bezkart/contracts bezkart/kit /app/bezkart/ \
    && cp services/__init__.py /app/services/ \
    && if [ "${SERVICE}" = standins ]; then cp -r bezkart/local /app/bezkart/; else cp -r "services/${SERVICE}" /app/services/; fi \
    && /app/venv/bin/python -m compileall -q /app

FROM python:3.11.14-slim-bookworm
RUN python -m pip uninstall --yes --quiet --root-user-action=ignore setuptools wheel pip \
    && groupadd --gid 10001 bezkart \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin bezkart
COPY --from=build /app /app
ENV PATH=/app/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    BEZKART_HTTP_HOST=0.0.0.0 \
    BEZKART_HTTP_PORT=8000
WORKDIR /app
USER 10001:10001
EXPOSE 8000
# A beat has no port: start it with --no-healthcheck.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['BEZKART_HTTP_PORT']}/health/ready\", timeout=4)"]
ENTRYPOINT ["python", "-m"]
