"""The initializer with shorter waits, as a program."""

# Waits between tries, and the longest silence in a body, are constants of the program.
HURRIED = """
import sys
from kitserve_initializer import __main__
from kitserve_initializer.http import hosts, retry
from kitserve_initializer.wire import pace
assert pace.STALL_SECONDS > 1 and retry._FIRST_WAIT_SECONDS > 0.1
pace.STALL_SECONDS, retry._FIRST_WAIT_SECONDS = 0.5, 0.01
hosts.LOOK_SECONDS, hosts.EVERY_SECONDS = 0.05, 0.3
sys.exit(__main__.main())
"""
