"""A transport whose every connection takes one proxy, or none, and trusts the company's authority."""

import pytest
from kitserve_initializer.config.identity import Authorities, Identity
from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.http.proxy import Proxies
from kitserve_initializer.http.tls import context
from kitserve_initializer.http.transport import Transport
from kitserve_initializer.secret import Secret

from tests.image.certificates import Company


def transport(proxy: str, company: Company) -> Transport:
    """A transport; the machine's authorities, which take a while to read, aren't among those that it trusts."""
    trusted = Identity((Authorities("the company's", company.file.read_text(), InvalidEnvironment),))
    proxies = Proxies(Secret(proxy), Secret(proxy), fixed=True)
    with pytest.MonkeyPatch.context() as machine:
        machine.setenv("SSL_CERT_FILE", str(company.file))
        made = context(verify=True, told=trusted)
    return Transport(made, proxies)
