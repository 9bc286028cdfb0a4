# The monitor in a container: see docs/deployment.md. compose.yaml runs it beside PostgreSQL.
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS build
WORKDIR /src
COPY pyproject.toml README.md CHANGELOG.md LICENSE requirements-dev.lock ./
COPY monitor ./monitor
COPY docs/monitor.1 ./docs/
# The lock only says which version of a library is taken: nothing of the checks is installed.
RUN python3 -m venv /opt/monitor && \
    /opt/monitor/bin/python -m pip install --no-cache-dir --constraint requirements-dev.lock ".[web,postgresql,notify]"

FROM ${BASE}
RUN apt-get update && \
    apt-get install --yes --no-install-recommends git openssh-client && \
    rm -rf /var/lib/apt/lists/*
ARG UID=10001
ARG GID=10001
RUN groupadd --gid "${GID}" monitor && \
    useradd --uid "${UID}" --gid "${GID}" --home-dir /data --no-create-home --shell /usr/sbin/nologin monitor && \
    install --directory --owner="${UID}" --group="${GID}" --mode=0700 /data
COPY --from=build /opt/monitor /opt/monitor
ENV PATH=/opt/monitor/bin:/usr/local/bin:/usr/bin:/bin PYTHONUNBUFFERED=1
USER ${UID}:${GID}
WORKDIR /data
VOLUME /data
EXPOSE 8321
HEALTHCHECK --interval=1m --timeout=10s --start-period=2m CMD ["monitor", "status", "--check"]
ENTRYPOINT ["monitor"]
CMD ["watch"]
