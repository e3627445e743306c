FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /opt/threadline
RUN python -m venv /opt/threadline
COPY requirements.txt LICENSE ./
RUN bin/pip install --require-hashes --only-binary :all: --requirement requirements.txt \
 && bin/pip uninstall --yes pip
COPY bot bot
COPY handlers handlers
RUN bin/python -m compileall -q lib bot handlers

FROM python:3.13-slim
RUN useradd --system --no-create-home --uid 10001 threadline
COPY --from=build /opt/threadline /opt/threadline
ENV PATH=/opt/threadline/bin:$PATH PYTHONPATH=/opt/threadline PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PORT=3000
WORKDIR /opt/threadline
USER 10001
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; host = os.environ.get('HOST', '').strip(); host = '127.0.0.1' if host in ('', '0.0.0.0', '::') else '[' + host + ']' if ':' in host else host; urllib.request.build_opener(urllib.request.ProxyHandler({})).open('http://' + host + ':' + os.environ['PORT'] + '/health', timeout=4)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
