# KServe's own storage initializer (python/storage-initializer.Dockerfile there), of the newest release of its package.
ARG BASE
FROM ${BASE}
RUN python3 -m pip install --no-cache-dir --break-system-packages --only-binary :all: kserve-storage==0.21.0
COPY initializer.py /initializer.py
ENV PYTHONUNBUFFERED=1
USER 65532:65532
ENTRYPOINT ["python3", "/initializer.py"]
