"""A run that says how much memory it had at the most."""

MIB = 1024 * 1024
PEAK_MIB = 96
"""Resident memory at the most, whatever comes."""

# Prints at its end what it had in memory at the most, and writes zeros as holes: what is large is quick then.
FRUGAL = """
import os, re, sys
from kitserve_initializer import __main__
zeros, write, limit = bytes(1 << 20), os.write, int(os.environ.pop("LIMIT", 0))
if limit:
    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
def sparse(file, data):
    size = len(data)
    if size < 4096 or bytes(data) != zeros[:size]:
        return write(file, data)
    os.ftruncate(file, os.lseek(file, size, os.SEEK_CUR))
    return size
os.write = sparse
code = __main__.main()
with open("/proc/self/status") as status:
    print(re.search(r"VmHWM:\\s*(\\d+) kB", status.read())[1])
sys.exit(code)
"""
