"""A transport whose every connection takes one proxy, or none, and trusts the company's authority."""

from kitserve_initializer.config.identity import Authorities, Identity
from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.http.proxy import Proxies
from kitserve_initializer.http.tls import context
from kitserve_initializer.http.transport import Transport
from kitserve_initializer.secret import Secret

from tests.image.certificates import Company


def transport(proxy: str, company: Company) -> Transport:
    trusted = Identity((Authorities("the company's", company.file.read_text(), InvalidEnvironment),))
    proxies = Proxies(Secret(proxy), Secret(proxy), fixed=True)
    return Transport(context(verify=True, told=trusted), proxies, connections=1)
