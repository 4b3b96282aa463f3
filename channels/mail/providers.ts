// What is publicly known of mail providers, one provider a row. Facts (names, ports, domains) from
// the Mozilla ISPDB (thunderbird/autoconfig on GitHub, 2026-03) and the providers' own help pages,
// written down in our form; no file of the ISPDB is copied.
//
// name | IMAP server | SMTP server | notes | domains of addresses | domains of mail exchangers
//
// Ports say the encryption: 993 and 465 TLS, 143 and 587 STARTTLS. Notes: `google` and `microsoft`
// have a sign-in of their own, `app` wants an app password, `switch` has IMAP off until a person
// switches it on, `sent` files what it sends in Sent by itself, `local` logs in with what stands
// before the @, `imap-local` does so for IMAP only.
// A row goes on in indented lines. Exchangers are those that hosting customers point their MX at.
export const PROVIDERS = `
Gmail | imap.gmail.com:993 | smtp.gmail.com:587 | google app sent | gmail.com googlemail.com |
  google.com googlemail.com
Outlook | outlook.office365.com:993 | smtp-mail.outlook.com:587 | microsoft switch sent |
  hotmail.com live.com msn.com outlook.com windowslive.com outlook.at outlook.be outlook.cl outlook.cz
  outlook.de outlook.dk outlook.es outlook.fr outlook.hu outlook.ie outlook.in outlook.it
  outlook.jp outlook.kr outlook.lv outlook.my outlook.ph outlook.pt outlook.sa outlook.sg
  outlook.sk outlook.co.id outlook.co.il outlook.co.th outlook.com.ar outlook.com.au
  outlook.com.br outlook.com.gr outlook.com.tr outlook.com.vn hotmail.be hotmail.ca hotmail.cl
  hotmail.cz hotmail.de hotmail.dk hotmail.es hotmail.fi hotmail.fr hotmail.gr hotmail.hu
  hotmail.it hotmail.lt hotmail.lv hotmail.my hotmail.nl hotmail.no hotmail.ph hotmail.rs
  hotmail.se hotmail.sg hotmail.sk hotmail.co.id hotmail.co.il hotmail.co.in hotmail.co.jp
  hotmail.co.kr hotmail.co.th hotmail.co.uk hotmail.co.za hotmail.com.ar hotmail.com.au
  hotmail.com.br hotmail.com.hk hotmail.com.tr hotmail.com.tw hotmail.com.vn live.at live.be
  live.ca live.cl live.cn live.de live.dk live.fi live.fr live.hk live.ie live.in live.it
  live.jp live.nl live.no live.ru live.se live.co.jp live.co.kr live.co.uk live.co.za
  live.com.ar live.com.au live.com.mx live.com.my live.com.ph live.com.pt live.com.sg
  livemail.tw hotmail.com.mx outlook.com.mx | olc.protection.outlook.com
Microsoft 365 | outlook.office365.com:993 | smtp.office365.com:587 | microsoft switch sent |
  office365.com onmicrosoft.com | mail.protection.outlook.com mx.microsoft
Yahoo | imap.mail.yahoo.com:993 | smtp.mail.yahoo.com:465 | app | yahoo.com yahoo.ca yahoo.de
  yahoo.it yahoo.fr yahoo.es yahoo.se yahoo.co.in yahoo.co.uk yahoo.co.nz yahoo.com.au
  yahoo.com.ar yahoo.com.br yahoo.com.mx ymail.com myyahoo.com rocketmail.com cox.net |
  yahoodns.net
AOL | imap.aol.com:993 | smtp.aol.com:465 | app | aol.com aim.com netscape.net netscape.com
  compuserve.com cs.com wmconnect.com aol.de aol.it aol.fr aol.es aol.se aol.co.uk aol.co.nz
  aol.com.au aol.com.ar aol.com.br aol.com.mx verizon.net |
iCloud | imap.mail.me.com:993 | smtp.mail.me.com:587 | app imap-local | icloud.com me.com
  mac.com | icloud.com
Fastmail | imap.fastmail.com:993 | smtp.fastmail.com:465 | app | fastmail.com fastmail.fm
  sent.com messagingengine.com | messagingengine.com
Zoho | imap.zoho.com:993 | smtp.zoho.com:465 | switch | zoho.com zohomail.com |
Zoho | imappro.zoho.com:993 | smtppro.zoho.com:465 | switch | | zoho.com zohomail.com
Zoho | imap.zoho.eu:993 | smtp.zoho.eu:465 | switch | zoho.eu zohomail.eu |
Zoho | imappro.zoho.eu:993 | smtppro.zoho.eu:465 | switch | | zoho.eu zohomail.eu
Zoho | imap.zoho.in:993 | smtp.zoho.in:465 | switch | zoho.in zohomail.in |
Zoho | imappro.zoho.in:993 | smtppro.zoho.in:465 | switch | | zoho.in zohomail.in
Locaweb | email-ssl.com.br:993 | email-ssl.com.br:465 | | | locaweb.com.br
UOL | imap.uol.com.br:993 | smtps.uol.com.br:587 | local switch | uol.com.br |
BOL | imap.bol.com.br:993 | smtps.bol.com.br:587 | local | bol.com.br |
UOL Host | imap.uhserver.com:993 | smtp.uhserver.com:587 | | | uhserver.com
Terra | imap.terra.com.br:993 | smtp.terra.com.br:587 | | terra.com.br |
KingHost | imap.kinghost.net:993 | smtp.kinghost.net:587 | | | kinghost.net
Hostinger | imap.hostinger.com:993 | smtp.hostinger.com:465 | | | hostinger.com
Titan | imap.titan.email:993 | smtp.titan.email:465 | switch | titan.email | titan.email
GoDaddy | imap.secureserver.net:993 | smtpout.secureserver.net:465 | | secureserver.net |
  secureserver.net
IONOS | imap.ionos.com:993 | smtp.ionos.com:587 | | ionos.com | ionos.com 1and1.com perfora.net
IONOS | imap.ionos.de:993 | smtp.ionos.de:587 | | ionos.de | ionos.de kundenserver.de schlund.de
IONOS | imap.ionos.co.uk:993 | smtp.ionos.co.uk:587 | | ionos.co.uk | ionos.co.uk 1and1.co.uk
IONOS | imap.ionos.es:993 | smtp.ionos.es:587 | | ionos.es | ionos.es 1and1.es
IONOS | imap.ionos.fr:993 | smtp.ionos.fr:587 | | ionos.fr | ionos.fr 1and1.fr
Yandex | imap.yandex.com:993 | smtp.yandex.com:465 | app switch | yandex.ru yandex.com
  yandex.net yandex.by yandex.kz yandex.ua ya.ru narod.ru | yandex.net yandex.ru
Mail.ru | imap.mail.ru:993 | smtp.mail.ru:465 | app | mail.ru inbox.ru list.ru bk.ru internet.ru
  | mail.ru
Private Email | mail.privateemail.com:993 | mail.privateemail.com:465 | | privateemail.com |
  privateemail.com
Migadu | imap.migadu.com:993 | smtp.migadu.com:465 | | | migadu.com
Infomaniak | mail.infomaniak.com:993 | mail.infomaniak.com:465 | | ik.me | infomaniak.ch
  infomaniak.com
mailbox.org | imap.mailbox.org:993 | smtp.mailbox.org:465 | | mailbox.org | mailbox.org
DreamHost | imap.dreamhost.com:993 | smtp.dreamhost.com:465 | | | dreamhost.com
126.com | imap.126.com:993 | smtp.126.com:465 | | 126.com |
163.com | imap.163.com:993 | smtp.163.com:465 | | 163.com |
1&1 | imap.1und1.de:993 | smtp.1und1.de:465 | | online.de onlinehome.de sofortstart.de
  sofort-start.de sofortsurf.de sofort-surf.de go4more.de |
a1.net | securemail.a1.net:993 | securemail.a1.net:587 | | a1.net aon.at |
ACTIVE 24 | email.active24.com:993 | email.active24.com:465 | | active24.com smtp.cz |
Alice | in.alice.it:143 | out.alice.it:587 | | alice.it |
Aruba | imaps.pec.aruba.it:993 | smtps.pec.aruba.it:465 | | pec.it arubapec.it mypec.eu
  gigapec.it ingpec.eu |
AT&T | imap.mail.att.net:993 | outbound.att.net:465 | app | ameritech.net att.net bellsouth.net
  currently.com flash.net nvbell.net pacbell.net prodigy.net sbcglobal.net snet.net swbell.net
  wans.net |
Bell | imap.bell.net:993 | smtphm.sympatico.ca:587 | | bell.net sympatico.ca |
Telstra | imap.telstra.com:993 | smtp.telstra.com:465 | | bigpond.com bigpond.net.au telstra.com
  bigpond.net |
Bluewin | imaps.bluewin.ch:993 | smtpauths.bluewin.ch:465 | | bluewin.ch bluemail.ch |
Blueyonder | imap4.blueyonder.co.uk:993 | smtp.blueyonder.co.uk:465 | | blueyonder.co.uk |
BT | mail.btinternet.com:993 | mail.btinternet.com:465 | | btinternet.com btopenworld.com
  talk21.com |
CC9 | pop.cc9.ne.jp:993 | msa.cc9.ne.jp:465 | local | cc9.ne.jp |
CEK-Net | imap.cek.ne.jp:993 | smtpa.cek.ne.jp:465 | | cek.ne.jp |
CenturyLink | mail.centurylink.net:993 | smtp.centurylink.net:587 | | centurylink.net
  embarqmail.com |
Clustermail | mail.clustermail.de:993 | mail.clustermail.de:587 | | clustermail.de |
Comcast | imap.comcast.net:993 | smtp.comcast.net:465 | | comcast.net |
Daum | imap.daum.net:993 | smtp.daum.net:465 | | daum.net |
domainFACTORY | sslin.df.eu:993 | sslout.df.eu:465 | | ispgateway.de | ispgateway.de
DonDominio/MrDomain | imap.dondominio.com:993 | smtp.dondominio.com:465 | | dondominio.com |
  dondominio.com
EarthLink | imap.earthlink.net:993 | smtpauth.earthlink.net:587 | | earthlink.net mindspring.com
  ix.netcom.com |
Elpasotel | mail.elpasotel.net:993 | smtp.elpasotel.net:587 | | elpasotel.net |
email.it | in.email.it:993 | out.email.it:465 | | email.it |
Rackspace | secure.emailsrvr.com:993 | secure.emailsrvr.com:465 | | emailsrvr.com |
  emailsrvr.com
Fastweb | imap.fastwebnet.it:993 | smtp.fastwebnet.it:587 | | fastwebnet.it |
Freebox | imap.free.fr:993 | smtp.free.fr:465 | local | free.fr |
Gandi | mail.gandi.net:993 | mail.gandi.net:465 | | gandi.net | gandi.net
Gigahost | mail.gigahost.dk:993 | smtp.gigahost.dk:587 | | gigahost.dk |
GMX | imap.gmx.com:993 | mail.gmx.com:465 | | gmx.com gmx.tm gmx.us gmx.co.uk gmx.es gmx.fr
  gmx.ca gmx.cn gmx.co.in gmx.com.br gmx.com.my gmx.hk gmx.ie gmx.ph gmx.pt gmx.ru gmx.se gmx.sg
  gmx.tw gmx.com.tr gmx.it gmx.li |
GMX | imap.gmx.net:993 | mail.gmx.net:465 | switch | gmx.net gmx.de gmx.at gmx.ch gmx.eu gmx.biz
  gmx.org gmx.info mein.gmx mail.gmx email.gmx |
Gransy | imap.gransy.com:993 | smtp.gransy.com:465 | | gransy.com internetserver.cz |
Hetzner | mail.your-server.de:993 | mail.your-server.de:465 | | your-server.de | your-server.de
SoftBank | imap.softbank.jp:993 | smtp.softbank.jp:465 | local | i.softbank.jp |
iネット飯山 | imap.iiyama-catv.ne.jp:993 | smtpa.iiyama-catv.ne.jp:465 | | iiyama-catv.ne.jp |
IPAX | mail.ipax.at:993 | mail.ipax.at:465 | | ipax.at |
Janis | imaps.janis.or.jp:993 | smtps.janis.or.jp:465 | | janis.or.jp |
JET | imap.jet.ne.jp:993 | smtp.jet.ne.jp:465 | local | jet.ne.jp |
KELCOM | pop.kelcom.net:993 | smtp.kelcom.net:587 | | kelcom.net |
KPN | imap.kpnmail.nl:993 | smtp.kpnmail.nl:465 | | kpnmail.nl kpnplanet.nl planet.nl wxs.nl
  hetnet.nl freeler.nl snelnet.net on.nl onsbrabantnet.nl onsmail.nl onsnet.nu
  onsneteindhoven.nl onsnetnuenen.nl xs4all.nl telfort.nl tip.nl tiscali.nl tiscalimail.nl |
LaPoste | imap.laposte.net:993 | smtp.laposte.net:465 | local | laposte.net |
Libero | imapmail.libero.it:993 | smtp.libero.it:465 | | libero.it iol.it blu.it inwind.it
  giallo.it |
mail.com | imap.mail.com:993 | smtp.mail.com:465 | | mail.com mail.org email.com post.com
  usa.com accountant.com consultant.com dr.com engineer.com cheerful.com techie.com
  linuxmail.org europe.com london.com uymail.com myself.com iname.com writeme.com 2die4.com
  activist.com adexec.com africamail.com aircraftmail.com alabama.usa.com | mail.com
Yousee | imap.mail.dk:993 | asmtp.mail.dk:587 | | mail.dk |
Jubii Mail | imap.jubii.dk:993 | smtp.jubii.dk:465 | | jubii.dk mail.jubii.dk jubiimail.dk
  jubiipost.dk |
Mnetメール | mail.mnet.ne.jp:993 | mail.mnet.ne.jp:587 | | mnet.ne.jp |
mopera U | mail.mopera.net:993 | mail.mopera.net:465 | local | mopera.net |
Naver | imap.naver.com:993 | smtp.naver.com:465 | | naver.com |
Nili | email.nili.email:993 | email.nili.email:465 | | nili.ca |
NTL World | imap.ntlworld.com:993 | smtp.ntlworld.com:465 | | ntlworld.com |
o2.pl | poczta.o2.pl:993 | poczta.o2.pl:465 | local | o2.pl go2.pl tlen.pl prokonto.pl |
one.com | imap.one.com:993 | send.one.com:465 | | one.com | one.com
Registrator.cz | imap.registrator.cz:993 | smtp.registrator.cz:587 | | one.cz |
Onet | imap.poczta.onet.pl:993 | smtp.poczta.onet.pl:465 | | onet.pl onet.eu poczta.onet.pl
  poczta.onet.eu op.pl vp.pl autograf.pl buziaczek.pl amorki.pl republika.pl adres.pl cyberia.pl
  onet.com.pl opoczta.pl pseudonim.pl spoko.pl vip.onet.pl |
Orange | imap.orange.fr:993 | smtp.orange.fr:465 | | orange.fr wanadoo.fr |
OVH | ssl0.ovh.net:993 | ssl0.ovh.net:465 | | ovh.net | ovh.net
Pobox | mail.pobox.com:993 | smtp.pobox.com:465 | | pobox.com |
PosteCert | mail.postecert.it:993 | mail.postecert.it:465 | | postecert.it |
Posteo | posteo.de:993 | posteo.de:465 | | posteo.de posteo.at posteo.be posteo.ca posteo.ch
  posteo.cl posteo.co posteo.co.uk posteo.com posteo.com.br posteo.cr posteo.cz posteo.dk
  posteo.ee posteo.es posteo.eu posteo.fi posteo.gl posteo.gr posteo.hn posteo.hr posteo.hu
  posteo.ie posteo.in posteo.is posteo.it posteo.jp posteo.la posteo.li posteo.lt posteo.lu
  posteo.me posteo.mx posteo.my posteo.net posteo.nl posteo.no posteo.nz posteo.org posteo.pe
  posteo.pl posteo.pm posteo.pt posteo.ro posteo.se posteo.sg posteo.si posteo.tn posteo.uk
  posteo.us |
PenTeleData | promail.ptd.net:993 | promail.ptd.net:465 | local | ptd.net |
Q.com | mail.q.com:993 | smtp.q.com:587 | | q.com |
qq.com | imap.qq.com:993 | smtp.qq.com:465 | | qq.com |
Rambler | imap.rambler.ru:993 | smtp.rambler.ru:465 | | rambler.ru |
Spectrum | mail.twc.com:993 | mail.twc.com:587 | | rr.com |
SAPO | imap.sapo.pt:993 | smtp.sapo.pt:465 | | sapo.pt sapo.cv sapo.ao sapo.mz sapo.tl meo.pt |
schwaz.net | imap.schwaz.net:993 | mail.schwaz.net:465 | | schwaz.net |
Seznam | imap.seznam.cz:993 | smtp.seznam.cz:465 | | seznam.cz email.cz post.cz spoluzaci.cz |
SFR | imap.sfr.fr:993 | smtp.sfr.fr:465 | | sfr.fr neuf.fr club-internet.fr |
Sky | imap.tools.sky.com:993 | smtp.tools.sky.com:465 | | sky.com |
Proximus | imap.proximus.be:993 | relay.proximus.be:587 | | skynet.be proximus.be belgacom.net
  kidcity.be |
Strato | imap.strato.de:993 | smtp.strato.de:465 | | strato.de rzone.de | rzone.de
T-Online | secureimap.t-online.de:993 | securesmtp.t-online.de:465 | switch | t-online.de
  magenta.de |
TEOL | imap.teol.net:993 | smtp.teol.net:465 | | teol.net mtel.tel |
Český hosting | mail.cesky-hosting.cz:993 | smtp.cesky-hosting.cz:465 | | thinline.cz |
TIM | imap.tim.it:143 | smtp.tim.it:587 | | tim.it |
Tiscali | imap.tiscali.it:993 | smtp.tiscali.it:465 | | tiscali.it |
Virgilio | in.virgilio.it:993 | out.virgilio.it:465 | | virgilio.it |
Virgin.net | imap4.virgin.net:993 | smtp.virgin.net:465 | | virgin.net |
Virgin Media | imap.virginmedia.com:993 | smtp.virginmedia.com:465 | | virginmedia.com |
Vodafone | imap.vodafonemail.de:993 | smtp.vodafonemail.de:465 | | vodafonemail.de arcor.de
  kabelmail.de |
WEB.DE | imap.web.de:993 | smtp.web.de:465 | local switch | web.de |
Webhuset | imap.webhuset.no:993 | smtp.webhuset.no:465 | | webhuset.no |
WebSupport | imap.websupport.sk:993 | smtp.websupport.sk:465 | | websupport.sk | websupport.sk
Poczta WP | imap.wp.pl:993 | smtp.wp.pl:465 | local | wp.pl |
Xtra Mail | imap.xtra.co.nz:993 | send.xtra.co.nz:465 | | xtra.co.nz |
yeah.net | imap.yeah.net:993 | smtp.yeah.net:465 | | yeah.net |
ZeelandNet | mail.zeelandnet.nl:993 | mail.zeelandnet.nl:465 | local | zeelandnet.nl |
Ziggo | imap.ziggo.nl:993 | smtp.ziggo.nl:587 | | hahah.nl ziggomail.com casema.nl zinders.nl
  ziggo.nl zeggis.nl zeggis.com razcall.nl razcall.com upcmail.nl chello.nl multiweb.nl home.nl
  quicknet.nl |
Zoho Australia | imap.zoho.com.au:993 | smtp.zoho.com.au:465 | | zoho.com.au zohomail.com.au |
Zoho Japan | imap.zoho.jp:993 | smtp.zoho.jp:465 | | zoho.jp zohomail.jp |
Zoho Canada | imap.zohocloud.ca:993 | smtp.zohocloud.ca:465 | | zohocloud.ca zohomailcloud.ca |`
