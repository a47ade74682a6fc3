# Fills /opt/kitserve for the platform of TARGETARCH with the packages of a lock: of wheels, and so on any machine.
set -eu
case "${TARGETARCH:-amd64}" in
    amd64) machine=x86_64 ;;
    arm64) machine=aarch64 ;;
    *) echo "there are no wheels for $TARGETARCH: build for linux/amd64 or linux/arm64" >&2; exit 1 ;;
esac
# pip matches a platform literally. Debian 12 has glibc 2.36.
platforms=
for version in _2_34 _2_31 _2_28 _2_27 _2_26 _2_24 _2_17 2014; do
    platforms="$platforms --platform manylinux${version}_$machine"
done
# The folder may hold our own package already, which an installation would leave out.
python3 -m pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes $platforms \
    --target /opt/packages -r "$1"
rm -rf /opt/packages/bin
cp -R /opt/packages/. /opt/kitserve
find /opt/kitserve -name __pycache__ -prune -exec rm -rf {} +
# Type stubs are for who develops against a library.
find /opt/kitserve -name '*.pyi' -delete
# The root file system is read-only at run time: what isn't compiled here is compiled at every start. The seed makes
# sets in the compiled files the same each time.
PYTHONHASHSEED=0 python3 -m compileall -q --invalidation-mode unchecked-hash /opt/kitserve
chmod -R a+rX,go-w /opt/kitserve
