"""Questions to LDAP servers, put to the real Exim and to eximulate: a real OpenLDAP, and a server that errs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from directory_server import DONE, ENTRY, DirectoryServer, element, entry, reference, reply
from openldap_server import BASE, OpenLdap, openldap
from real_exim import PROGRAM
from selfsigned import certificate

pytestmark = [pytest.mark.exim, pytest.mark.servers]
ROOT = Path(__file__).parents[2]

QUESTIONS = r"""
${lookup ldap{@URL@/@B@}}
${lookup ldap{@URL@/@B@??base}}
${lookup ldap{@URL@/@B@?dc?base}}
${lookup ldap{@URL@/@B@?dc,o?base}} $ldap_dn
${lookup ldap{@URL@/@B@?mail?sub?(uid=alice)}} $ldap_dn
${lookup ldap{@URL@/@B@?cn?sub?(uid=alice)}}
${lookup ldap{@URL@/@B@?cn,mail?sub?(uid=alice)}}
${lookup ldap{@URL@/@B@??sub?(uid=alice)}}
${lookup ldap{@URL@/@B@?*?sub?(uid=bob)}}
${lookup ldap{@URL@/@B@?description?sub?(uid=bob)}}
${lookup ldap{@URL@/@B@?description,sn?sub?(uid=bob)}}
${lookup ldap{@URL@/@B@??sub?(cn=Carol*)}}
${lookup ldap{@URL@/@B@?jpegPhoto?sub?(cn=Carol*)}}
${lookup ldap{@URL@/@B@?jpegPhoto,sn?sub?(cn=Carol*)}}
${lookup ldapdn{@URL@/@B@?jpegPhoto,sn?sub?(cn=Carol*)}}
${lookup ldap{@URL@/@B@?sn?sub?(uid=*)}}
${lookup ldapm{@URL@/@B@?sn?sub?(uid=*)}} $ldap_dn
${lookup ldapm{@URL@/@B@?mail?sub?(uid=*)}} $ldap_dn
${lookup ldapm{@URL@/@B@?mail,cn?sub?(uid=*)}} $ldap_dn
${lookup ldapdn{@URL@/@B@?mail?sub?(uid=*)}} $ldap_dn
${lookup ldap{@URL@/@B@?1.1?sub?(uid=bob)}}
${lookup ldapdn{@URL@/@B@?1.1?sub?(uid=bob)}}
${lookup ldap{@URL@/@B@?1.1?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?nosuch?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?nosuch,sn?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?mail?sub?(uid=carol*)}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?mail?sub?(uid=dave)}{yes<$value>}{no}}
${lookup ldapdn{@URL@/@B@?mail?sub?(uid=dave)}{yes<$value>}{no}} $ldap_dn
${lookup ldap{@URL@/dc=nowhere?mail?sub?(uid=dave)}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=nowhere,@B@?mail?sub?(uid=dave)}{yes<$value>}{no}}
${lookup ldap{@URL@/not a dn?mail?sub?(uid=dave)}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?mail?sub?(uid=}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?mail?sub?uid=bob}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?mail?sub?(&(uid=bob)(sn=Builder))}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?mail?sub?(|(uid=bob)(uid~=alice))}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?mail?sub?(uid>=bob)}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?mail?sub?(uid:=bob)}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?mail?sub?(uid:caseIgnoreMatch:=bob)}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?mail?sub?(!(uid=bob))}{yes<$value>}{no}}
${lookup ldapm{@URL@/@B@?objectClass?sub?(!(uid=bob))}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=people,@B@?uid?one?(uid=b*)}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=people,@B@?uid?children?(uid=b*)}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=people,@B@?uid?subordinate?(uid=b*)}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=people,@B@?uid?default?(uid=b*)}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=people,@B@?uid?onelevel?(uid=b*)}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=people,@B@?uid?SUBTREE?(uid=b*)}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=people,@B@?uid?foo?(uid=b*)}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=people,@B@?uid?sub?(uid=b*)?!x}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=people,@B@?uid?sub?(uid=b*)?x=y}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=people,@B@?uid?sub?(uid=b*)?}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=elsewhere,@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{referrals=nofollow @URL@/ou=elsewhere,@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{referrals=nofollow @URL@/ou=lost,@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=lost,@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=lost,@B@?uid?base?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{referrals=nofollow @URL@/@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{@UNIX@/@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{user="cn=manager,@B@" pass=secret @UNIX@/@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{user="cn=manager,@B@" pass=wrong @UNIX@/@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{user="cn=manager,@B@" @UNIX@/@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{pass=x @UNIX@/@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{user="" pass="" @UNIX@/@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{user="nodn" pass="x" @UNIX@/@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=private,@B@?description?sub?(cn=key)}{yes<$value>}{no}}
${lookup ldap{user="uid=alice,ou=people,@B@" pass="wonder land" @URL@/ou=private,@B@?description?sub?(cn=key)}{yes<$value>}{no}}
${lookup ldapm{user="uid=alice,ou=people,@B@" pass="wonder land" @URL@/@B@?uid?sub?(uid=*)}{yes<$value>}{no}}
${lookup ldapm{size=1 @URL@/@B@?uid?sub?(uid=*)}{yes<$value>}{no}}
${lookup ldap{size=1 @URL@/@B@?uid?sub?(uid=*)}{yes<$value>}{no}}
${lookup ldapdn{size=1 @URL@/@B@?uid?sub?(uid=*)}{yes<$value>}{no}}
${lookup ldapdn{size=2 @URL@/@B@?uid?sub?(uid=*)}{yes<$value>}{no}}
${lookup ldapm{size=-1 @URL@/@B@?uid?sub?(uid=*)}{yes<$value>}{no}}
${lookup ldapm{size=x time=y connect=z @URL@/@B@?uid?sub?(uid=*)}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=links,@B@?mail?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{dereference=never @URL@/ou=links,@B@?mail?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{dereference=searching @URL@/ou=links,@B@?mail?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{dereference=finding @URL@/ou=links,@B@?mail?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldap{dereference=finding @URL@/cn=link,ou=links,@B@?mail?base}{yes<$value>}{no}}
${lookup ldap{dereference=always @URL@/cn=link,ou=links,@B@?mail?base}{yes<$value>}{no}} $ldap_dn
${lookup ldap{dereference=always @URL@/cn=broken,ou=links,@B@?mail?base}{yes<$value>}{no}}
${lookup ldap{dereference=ALWAYS @URL@/cn=link,ou=links,@B@?mail?base}{yes<$value>}{no}}
${lookup ldap{dereference=foo @URL@/cn=link,ou=links,@B@?mail?base}{yes<$value>}{no}}
${lookup ldap{network=1 @URL@/cn=link,ou=links,@B@?mail?base}{yes<$value>}{no}}
${lookup ldap{referrals=foo @URL@/cn=link,ou=links,@B@?mail?base}{yes<$value>}{no}}
${lookup ldap{x}{yes<$value>}{no}}
${lookup ldap{}{yes<$value>}{no}}
${lookup ldap{ }{yes<$value>}{no}}
${lookup ldap{ldap}{yes<$value>}{no}}
${lookup ldap{user= ldap}{yes<$value>}{no}}
${lookup ldap{foo=x ldap:///}{yes<$value>}{no}}
${lookup ldap{ldapi://host/}{yes<$value>}{no}}
${lookup ldap{ldap://127.0.0.1:1/}{yes<$value>}{no}}
${lookup ldap{ldap://127.0.0.1:x/}{yes<$value>}{no}}
${lookup ldap{ldap://nosuch.invalid/}{yes<$value>}{no}}
${lookup ldap{ldapi://%2Fnowhere/}{yes<$value>}{no}}
${lookup ldap{servers="127.0.0.1::1:127.0.0.1::@PORT@" ldap:///@B@?dc}{yes<$value>}{no}}
${lookup ldap{servers="<; 127.0.0.1:1;127.0.0.1:@PORT@" ldap:///@B@?dc}{yes<$value>}{no}}
${lookup ldap{servers="<; @SOCK@" ldap:///@B@?dc}{yes<$value>}{no}}
${lookup ldap{servers="<; 127.0.0.1:1;@SOCK@" ldapi:///@B@?dc}{yes<$value>}{no}}
${lookup ldap{servers="<; @SOCK@;127.0.0.1:1" ldapi:///@B@?dc?sub?(uid=x)}{yes<$value>}{no}}
${lookup ldap{servers="<; @SOCK@;127.0.0.1:1" ldapi:///@B@?dc?sub?(uid=}{yes<$value>}{no}}
${lookup ldap{servers="<; @SOCK@;127.0.0.1:1" ldapi:///@B@?uid?sub?(uid=*)}{yes<$value>}{no}}
${lookup ldap{servers="<; 127.0.0.1:1;@SOCK@" user=a=b pass=x ldapi:///@B@?uid?sub?(uid=*)}{yes<$value>}{no}}
${lookup ldap{servers="" ldap:///@B@?dc}{yes<$value>}{no}}
${lookup ldap{ldaps://127.0.0.1:@TLSPORT@/@B@?dc}{yes<$value>}{no}}
${lookup ldap,cache=no_rd{@URL@/@B@?dc}{yes<$value>}{no}}
${lookup ldap,foo{@URL@/@B@?dc}{yes<$value>}{no}}
${lookup{x}ldap{@URL@/@B@?dc}{yes<$value>}{no}}
"""
"""One question a line, to a directory with people, referrals and aliases."""

IN_LISTS = r"""
${lookup ldap{ldap:///@B@?dc}}
${lookup ldap{ldapi:///@B@?dc}}
${lookup ldap{ldap:///@B@?mail?sub?(uid=${quote_ldap:bob})}}
${lookup ldap{ldap:///uid=${quote_ldap_dn:carol, c},ou=people,@B@?sn}}
${lookup ldap{ldap:///@B@?uid?sub?(uid=${quote_ldap:carol, c})}}
${lookup ldap{ldap:///@B@?uid?sub?(sn=${quote_ldap:Singer*(star)})}}
${if match_domain{bob}{ldap;ldap:://127.0.0.1::@PORT@/@B@?uid?sub?(uid=bob)}{y $value $domain_data}{n}}
${if match_domain{bob}{ldap;ldap:///@B@?uid?sub?(uid=bob)}{y}{n}}
${if match_domain{bob}{<; ldap;ldap:///@B@?uid?sub?(uid=bob)}{y}{n}}
${if match_domain{bob}{<+ ldap;ldap:///@B@?uid?sub?(uid=bob)}{y $value}{n}}
${if match_domain{bob}{<+ ldapm;ldap:///@B@?uid?sub?(uid=*)}{y $value}{n}}
${if match_domain{bob}{<+ ldap;ldap:///@B@?uid?sub?(uid=*)}{y $value}{n}}
${if match_domain{bob}{<+ ldap;ldap:///@B@?uid?sub?(uid=*)+bob}{y $value}{n}}
${if match_domain{bob}{<+ +include_defer + ldap;ldap:///@B@?uid?sub?(uid=*)}{y $value}{n}}
${if match_domain{bob}{<+ !ldap;ldap:///@B@?uid?sub?(uid=x) + *}{y $value}{n}}
${if match_domain{bob}{<+ ldap;size=1 ldap:///@B@?uid?sub?(uid=*)}{y $value}{n}}
${if match_local_part{bob}{<+ ldap;ldap:///@B@?uid?sub?(uid=bob)}{y $value}{n}}
${if match_address{bob@x.y}{<+ ldap;ldap:///@B@?mail?sub?(mail=bob@example.org)}{y $value}{n}}
${if match_ip{1.2.3.4}{<+ net-ldap;ldap:///@B@?mail?sub?(mail=bob@example.org)}{y $value}{n}}
${if match_ip{1.2.3.4}{<+ ldap;ldap:///@B@?mail?sub?(mail=bob@example.org)}{y $value}{n}}
${if inlist{bob@example.org}{<, ${lookup ldap{ldap:///@B@?mail?sub?(uid=bob)}}}{y}{n}}
${extract{mail}{${lookup ldap{ldap:///@B@?mail,cn?sub?(uid=alice)}}}}
${listextract{2}{<,${lookup ldap{ldap:///@B@?cn?sub?(uid=alice)}}}}
${lookup ldap{ldaps://127.0.0.1:@TLSPORT@/@B@?dc}{yes<$value>}{no}}
${lookup ldap{ldaps://own.example:@TLSPORT@/@B@?dc}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?1.1?sub?(uid=bob)}{yes}fail}
${lookup ldap{@URL@/@B@?uid?sub?(uid=bob)}fail}
${lookup ldapauth{user=a pass=b @URL@/@B@}{yes}{no}}
${quote_ldap:a*b}${quote_ldap_dn:,a} ${quote_ldapdn:a}
${quote_ldapm:a*b}
${quote_ldapdn:a,b}
"""

OTHER_SETTINGS = r"""
${lookup ldap{ldaps://127.0.0.1:@TLSPORT@/@B@?dc}{yes<$value>}{no}}
${lookup ldap{@URL@/@B@?dc}{yes<$value>}{no}}
${lookup ldap{@UNIX@/@B@?dc}{yes<$value>}{no}}
${lookup ldap{ldap://127.0.0.1:@TLSPORT@/@B@?dc}{yes<$value>}{no}}
${lookup ldap{ldap://127.0.0.1:1/@B@?dc}{yes<$value>}{no}}
${lookup ldap{@URL@/ou=elsewhere,@B@?uid?sub?(uid=bob)}{yes<$value>}{no}}
${lookup ldapm{@URL@/@B@?objectClass?sub?(objectClass=*)}{yes<$value>}{no}}
"""

RESULTS = r"""
${lookup ldap{@U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/none+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/empty+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/emptyval+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/twoempty+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/empty+done0??}{yes<$value>}{no}}
${lookup ldap{@U@/nul+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/nul+done0??}{yes<$value>}{no}}
${lookup ldap{@U@/nul2+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/nul2+done0??}{yes<$value>}{no}}
${lookup ldap{@U@/dup+done0??}{yes<$value>}{no}}
${lookup ldap{@U@/dup+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/badname+done0?mail}{yes<$value>$ldap_dn}{no}}
${lookup ldapm{@U@/none+e+none+none+e+done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/none+e+empty+emptyval+e+done0??}{yes<$value>}{no}}
${lookup ldapm{@U@/emptyval+emptyval+done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/empty+empty+done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/none+none+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/none+none+done0?mail}{yes<$value>}{no}}
${lookup ldapdn{@U@/none+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/e+done4?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done4?mail}{yes<$value>}{no}}
${lookup ldapdn{@U@/done4?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/e+done4/m/text?mail}{yes<$value>}{no}}
${lookup ldap{@U@/e+done3?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done3?mail}{yes<$value>}{no}}
${lookup ldap{@U@/e+e+done3?mail}{yes<$value>}{no}}
${lookup ldap{@U@/e+done32?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done32/m/t?mail}{yes<$value>}{no}}
${lookup ldap{@U@/e+done34?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done36?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done33?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done50?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done1/m/text here?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done2//text here?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done9?mail}{yes<$value>}{no}}
${lookup ldap{@U@/e+done9?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done10?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done11?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done51?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done80?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done123?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done4096?mail}{yes<$value>}{no}}
${lookup ldap{@U@/done9999?mail}{yes<$value>}{no}}
${lookup ldap{referrals=nofollow @U@/ref+e+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/otherid+e+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/e+ctrl?mail}{yes<$value>}{no}}
${lookup ldap{@U@/big+ctrl?mail}{${strlen:$value}}{no}}
"""
"""Questions to a server that sends what the base of the search says, piece by piece."""

SHAPES = r"""
<${lookup ldapm{@U@/v:mail=a|+done0?mail}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:mail=|a+done0?mail}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:mail=a||b+done0?mail}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:mail=||b+done0?mail}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:mail=|a+done0}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:mail=|+done0}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:mail=a||b+done0}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:mail=;sn=x+done0?mail}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:mail=x;sn=;cn=|+done0?mail}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:mail=x;sn=y+v:mail=|;sn=y+done0?mail}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:mail=x+v:mail=+v:mail=z+done0?mail}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:mail=^;sn=y+done0?mail}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:cn=1;mail=^;sn=y+done0}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:cn=1;mail=a|b^;sn=y+done0}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:cn=1;mail=a|^b;sn=y+v:cn=3+done0?x}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:cn=a~b\\tc,"\\\\+done0}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:cn=a~+v:cn=b+v:cn=c+done0?x}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:cn=,+v:cn=,|,+done0?x}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:cn=~|a+done0?x}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:cn=~|a;sn=b+done0?x}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:cn=_|_a_;sn=_+done0}{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:cn=1+done0?x }{yes<$value>}{no}}>
<${lookup ldapm{@U@/v:cn=1+done0?x,y??%20}{yes<$value>}{no}}>
<${lookup ldapdn{@U@/e+done0?x,y}{yes<$value>}{no}}>
<${lookup ldap{@U@/v:cn=1+refto:x+done0?x,y}{yes<$value>}{no}}>
<${lookup ldap{@U@/v:cn=1+e+refto:x+done0?x,y}{yes<$value>}{no}}>
<${lookup ldap{@U@/v:=1+done0}{yes<$value>}{no}}>
"""

REFERRALS = r"""
${lookup ldapm{@U@/refto:e~done0+e+done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/e+refto:e~done32+done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/e+refto:e~done80+done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/e+refto:e~done0+done32?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/e+refto:e~done0|e~e~done0+done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/e+refto:ldap!//127.0.0.1!1/x|e~e~done0+done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/e+refto:http!//127.0.0.1!1/x|e~e~done0+done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/e+refto:ldapi!//%2525/x|e~e~done0+done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/to10:e~done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/e+to10:e~done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/e+to10:e~done32/m/t?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/e+to10:e~done51/m/t?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/e+to9:e~done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/e+to0:e~done0?mail}{yes<$value>}{no}}
${lookup ldapm{@U@/to10:done10?mail}{yes<$value>}{no}}
${lookup ldapm{user=a pass=b @U@/to10:e~done0?mail}{yes<$value>}{no}}
${lookup ldapm{user=a pass=b connect=1 @U@/to10:close?mail}{yes<$value>}{no}}
${lookup ldapm{user=a pass=b connect=1 @U@/to10:???(x=y)|e~done0?mail}{yes<$value>}{no}}
"""

SETTINGS = r"""
${lookup ldap{@U@/done35?mail}{yes}{no}}
${lookup ldap{@U@/done47?mail}{yes}{no}}
${lookup ldap{@U@/done37?mail}{yes}{no}}
${lookup ldap{@U@/done40?mail}{yes}{no}}
${lookup ldap{@U@/done48?mail}{yes}{no}}
${lookup ldap{@U@/done31?mail}{yes}{no}}
${lookup ldap{@U@/done16?mail}{yes}{no}}
${lookup ldapdn{@U@/e+e+done4?mail}{yes}{no}}
${lookup ldapdn{@U@/none+done32?mail}{yes}{no}}
${lookup ldap{@U@/e+done0?mail??%00}{yes$value}{no}}
${lookup ldap{@U@/e+done0?mail??(a=%00b)}{yes$value}{no}}
${lookup ldap{SIZE=1 Time=2 NETTIME=1 @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{size="1" @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{size=1@U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{user="a @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{user="a"@U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{user=a  pass=b   @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{=a @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{user = a @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{user=%61%zz%00b pass=%61 @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{user="a\x41\tb" pass="\"\\" @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{servers= ldap:///e+done0?mail}{yes$value}{no}}
${lookup ldap{servers=127.0.0.1::@P@ ldap:///e+done0?mail}{yes$value}{no}}
${lookup ldap{servers=127.0.0.1::@P@ @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{servers="127.0.0.1::@P@x" ldap:///e+done0?mail}{yes$value}{no}}
${lookup ldap{servers="<; /tmp/nosock;127.0.0.1:@P@" ldaps:///e+done0?mail}{yes$value}{no}}
${lookup ldap{LDAP://127.0.0.1:@P@/e+done0?mail}{yes$value}{no}}
${lookup ldap{ldap://127.0.0.1:@P@/e+done0?mail,sn,,cn}{yes$value}{no}}
${lookup ldap{ldap://127.0.0.1:@P@/e+done0?,}{yes$value}{no}}
${lookup ldap{ldap://127.0.0.1:@P@/e+done0?,mail}{yes$value}{no}}
${lookup ldap{ldap://127.0.0.1:@P@/e%2bdone0?ma%69l?b%61se?(a%3db)}{yes$value}{no}}
${lookup ldap{ldap://[127.0.0.1]:@P@/e+done0?mail}{yes$value}{no}}
${lookup ldap{size=3000000000 @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{time=-5 dereference=Searching @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{dereference= @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{referrals= @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{referrals=FOLLOW @U@/e+done0?mail}{yes$value}{no}}
${lookup ldap,cache=no{@U@/e+done0?mail}{yes$value}{no}}
${lookup ldap,servers=x{@U@/e+done0?mail}{yes$value}{no}}
${lookup ldap*{@U@/e+done0?mail}{yes$value}{no}}
${lookup partial-ldap{@U@/e+done0?mail}{yes$value}{no}}
${lookup ldap{connect=1 ldap://127.0.0.1:@P@}{yes$value}{no}}
${lookup ldap{connect=1 ldap://127.0.0.1:@P@?x}{yes$value}{no}}
"""
"""Settings before the URL, and odd URLs."""

BINDS = r"""
${lookup ldap{user=a pass=x @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=x @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=y @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=wrong @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=wrong @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=y @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{pass=a @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass= @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=close @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=code14 @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=code51 @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=code9 @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=code32 @U@/e+done0?mail}{yes<$value>}{no}}
${if ldapauth{user=a pass=z @U@/}}
${if ldapauth{user=a pass=z @U@/}}
${if ldapauth{user=a pass=wrong @U@/}}
${lookup ldap{user=a pass=z @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=wrong servers="<;127.0.0.1:@P@;127.0.0.1:1" ldap:///e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=x servers="<;127.0.0.1:1;127.0.0.1:@P@;127.0.0.1:1" ldap:///e+done80?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=x servers="<;127.0.0.1:1;127.0.0.1:@P@;127.0.0.1:1" ldap:///e+done3?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=x servers="<;127.0.0.1:1;127.0.0.1:@P@;127.0.0.1:1" ldap:///done3?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=x servers="<;127.0.0.1:1;127.0.0.1:@P@;127.0.0.1:1" ldap:///e+e+done0?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=x servers="<;127.0.0.1:1;127.0.0.1:@P@;127.0.0.1:1" ldap:///done32?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=x servers="<;127.0.0.1:@P@;127.0.0.1:1" ldap:///close?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=x servers="<;127.0.0.1:@P@;127.0.0.1:1" ldap:///silent?mail}{yes<$value>}{no}}
${lookup ldap{user=a pass=x servers="<;127.0.0.1:@P@;127.0.0.1:1" ldap:///e+done0?mail?sub?(x}{yes<$value>}{no}}
${lookup ldap{user=a pass=x servers="<;127.0.0.1:@P@;127.0.0.1:1" ldap:///done51?mail}{yes<$value>}{no}}
"""

CLOSED = r"""
${lookup ldap{@U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/close?mail}{yes<$value>}{no}}
${lookup ldap{@U@/e+done0?sn}{yes<$value>}{no}}
${lookup ldap{user=a pass=b @U@/e+done0?sn}{yes<$value>}{no}}
${if ldapauth{user=a pass=b @U@/}}
"""

LATE = r"""
${lookup ldap{connect=1 @U@/e+silent?mail}{yes<$value>}{no}}
${lookup ldap{connect=1 @U@/e+done0?mail}{yes<$value>}{no}}
${lookup ldap{connect=1 @U@/inter+e+done0?mail}{yes<$value>}{no}}
${lookup ldap{@U@/ref+e+done0?mail}{yes<$value>}{no}}
${lookup ldap{connect=1 servers="<;127.0.0.1:@P@;127.0.0.1:1" ldap:///silent?mail}{yes<$value>}{no}}
"""


def answers(command: list[str], texts: list[str], config: Path) -> list[str]:
    """What a program answers to texts, in one process."""
    done = subprocess.run(
        [*command, "-C", str(config), "-be"],
        input="".join(text + "\n" for text in texts).encode("latin-1"),
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "EXIMULATE_PROFILE": "debian-12"},
        timeout=100,
    )
    return done.stdout.decode("latin-1").removeprefix("> ").split("\n> ")


def agree(texts: list[str], config: Path) -> None:
    assert PROGRAM is not None
    real = answers([PROGRAM], texts, config)
    assert len(real) == len(texts) + 1
    ours = answers([sys.executable, "-m", "expander"], texts, config)
    assert list(zip(texts, ours, strict=False)) == list(zip(texts, real, strict=False))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenLdap]:
    with openldap(certificate(tmp_path_factory.mktemp("tls") / "cert.pem")) as running:
        yield running


def filled(text: str, server: OpenLdap) -> str:
    values = {
        "URL2": server.url.replace(":", "::"),
        "URL": server.url,
        "UNIX": server.unix,
        "SOCK": server.path,
        "TLSPORT": str(server.tls_port),
        "PORT": str(server.port),
        "CERT": server.certificate,
        "B": BASE,
    }
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def test_a_directory(server: OpenLdap, tmp_path: Path) -> None:
    config = tmp_path / "exim.conf"
    config.write_text("")
    agree(filled(QUESTIONS, server).split("\n")[1:-1], config)


def test_lists_and_default_servers(server: OpenLdap, tmp_path: Path) -> None:
    config = tmp_path / "exim.conf"
    config.write_text(f"ldap_default_servers = <; 127.0.0.1:1 ; 127.0.0.1:{server.port}\n")
    agree(filled(IN_LISTS, server).split("\n")[1:-1], config)


@pytest.mark.parametrize(
    "settings",
    [
        "ldap_require_cert = never\nldap_version = 2\n",
        "ldap_require_cert = never\nldap_start_tls\n",
        "ldap_ca_cert_file = @CERT@\nldap_start_tls\n",
    ],
)
def test_tls_and_versions(server: OpenLdap, tmp_path: Path, settings: str) -> None:
    config = tmp_path / "exim.conf"
    config.write_text(filled(settings, server))
    agree(filled(OTHER_SETTINGS, server).split("\n")[1:-1], config)


class Obedient:
    """Answers a search with the pieces that its base names."""

    def __init__(self) -> None:
        self.port = 0
        self.bases: list[bytes] = []

    def __call__(self, number: bytes, base: bytes) -> bytes | None:
        self.bases.append(base)
        sent = b""
        for word in base.decode("latin-1").split("+"):
            if word == "close":
                return None
            if word == "silent":
                break
            sent += self._piece(number, word)
        return sent

    def _piece(self, number: bytes, word: str) -> bytes:
        plain = {
            "e": entry(number, b"x=1", mail=[b"a", b"b"]),
            "none": entry(number, b"x=1"),
            "empty": entry(number, b"x=1", mail=[]),
            "emptyval": entry(number, b"x=1", mail=[b""]),
            "twoempty": entry(number, b"x=1", mail=[b"", b""]),
            "nul": entry(number, b"x=1", mail=[b"\0abc"], sn=[b"ab\0cd"]),
            "nul2": entry(number, b"x=1", mail=[b"a\0abc", b"b\0,x"]),
            "badname": entry(number, b"\xff=\xfe", mail=[b"\xfe"]),
            "otherid": entry(b"\x63", b"y=1", mail=[b"zz"]),
            "big": entry(number, b"x=1", mail=[b"x" * 3000]),
            "ref": reference(number, b"ldap://127.0.0.1:1/x"),
            "inter": element(0x30, element(2, number) + element(0x79, element(0x80, b"1.2.3"))),
        }
        if word in plain:
            return plain[word]
        kind, _, rest = word.partition(":")
        if kind == "v":
            return self._values(number, rest)
        if kind in {"to0", "to9", "to10"}:
            urls = [self._url(url) for url in rest.split("|")]
            said = (b"", b"") if kind == "to10" else (b"mm", b"tt")
            return reply(number, DONE, int(kind[2:]), *said, urls)
        if kind == "refto":
            return reference(number, *(self._url(url.replace("!", ":")) for url in rest.split("|")))
        if word.startswith("done"):
            code, *said = word[4:].split("/")
            return reply(number, DONE, int(code), *(one.encode() for one in said))
        return self._odd(number, word)

    def _url(self, text: str) -> bytes:
        if text.startswith("ldap"):
            return text.encode()
        return f"ldap://127.0.0.1:{self.port}/{text.replace('~', '+')}".encode()

    @staticmethod
    def _values(number: bytes, text: str) -> bytes:
        """``name=value|value;name=value``; a tilde is a newline, a caret a NUL, an underscore a blank."""
        attributes = {}
        for one in text.split(";"):
            kind, _, values = one.partition("=")
            attributes[kind] = [
                value.replace("~", "\n").replace("^", "\0").replace("_", " ").encode()
                for value in values.split("|")
            ]
        return entry(number, b"x=1", **attributes)

    @staticmethod
    def _odd(number: bytes, word: str) -> bytes:
        """An entry that has a name twice, and an end with a control."""
        if word == "dup":
            pairs = ((b"mail", b"1"), (b"sn", b"2"), (b"mail", b"3"), (b"MAIL", b"4"), (b"mail;x-a", b"5"))
            listed = b"".join(
                element(0x30, element(4, kind) + element(0x31, element(4, value))) for kind, value in pairs
            )
            found = element(ENTRY, element(4, b"x=1") + element(0x30, listed))
            return element(0x30, element(2, number) + found)
        if word == "ctrl":
            done = element(DONE, element(0x0A, b"\0") + element(4, b"") + element(4, b""))
            controls = element(0xA0, element(0x30, element(4, b"1.2.3")))
            return element(0x30, element(2, number) + done + controls)
        return b""


def judge(_user: bytes, password: bytes) -> int | None:
    if password.startswith(b"code"):
        return int(password[4:])
    if password == b"close":
        return None
    return 49 if password == b"wrong" else 0


@pytest.mark.parametrize("questions", [RESULTS, SHAPES, REFERRALS, SETTINGS, BINDS, CLOSED, LATE])
def test_a_server_that_says_anything(tmp_path: Path, questions: str) -> None:
    config = tmp_path / "exim.conf"
    config.write_text("")
    assert PROGRAM is not None
    asked = []
    search = Obedient()
    with DirectoryServer(judge, search=search) as server:
        search.port = server.port
        url = f"ldap://127.0.0.1:{server.port}"
        texts = questions.replace("@U@", url).replace("@P@", str(server.port)).split("\n")[1:-1]
        for command in ([PROGRAM], [sys.executable, "-m", "expander"]):
            server.seen.clear()
            before = server.connections
            said = answers(command, texts, config)
            asked.append((said, list(server.seen), server.connections - before))
    (real, real_binds, real_count), (ours, our_binds, our_count) = asked
    assert len(real) == len(texts) + 1
    assert list(zip(texts, ours, strict=False)) == list(zip(texts, real, strict=False))
    assert (our_binds, our_count) == (real_binds, real_count)
