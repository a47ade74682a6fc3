# MLServer, the runtime that KServe chooses for sklearn with protocol v2.
ARG BASE
FROM ${BASE}
RUN python3 -m pip install --no-cache-dir --break-system-packages --only-binary :all: \
        mlserver==1.7.1 mlserver-sklearn==1.7.1 scikit-learn==1.9.1 "uvloop<0.22"
# Without workers of its own one process is enough, and starts sooner.
ENV MLSERVER_PARALLEL_WORKERS=0 MLSERVER_MODELS_DIR=/mnt/models PYTHONDONTWRITEBYTECODE=1
WORKDIR /mnt/models
USER 1000:1000
ENTRYPOINT ["mlserver", "start", "/mnt/models"]
