# The program and what it runs with, each file by its hash. `docker build --tag aioprowler .`
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/aioprowler
COPY constraints-runtime.txt ./
RUN /opt/aioprowler/bin/pip install --no-cache-dir --require-hashes --requirement constraints-runtime.txt
COPY constraints-build.txt pyproject.toml README.md LICENSE ./
RUN pip install --no-cache-dir --require-hashes --requirement constraints-build.txt
COPY aioprowler aioprowler
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir dist . \
 && /opt/aioprowler/bin/pip install --no-cache-dir --no-deps dist/aioprowler-*.whl \
 && /opt/aioprowler/bin/python -m compileall -q /opt/aioprowler

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home scanner && install --directory --owner scanner --mode 700 /reports
COPY --from=build /opt/aioprowler /opt/aioprowler
ENV PATH=/opt/aioprowler/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1
# A number, for Kubernetes takes no name for a user that is not root.
USER 10001
# The file system may be read-only but for this and /tmp.
VOLUME ["/reports", "/tmp"]
WORKDIR /reports
ENTRYPOINT ["aioprowler"]
CMD ["--help"]
