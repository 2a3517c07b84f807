"""Parameters that do not say which page is meant: campaigns, clicks, sessions, presentation.

Names that some sites use for content ("id", "ref", "source", "page", "s") are left alone; "sid" is a
session only where its value looks like one, for PHP-Nuke sites number their stories by it.
"""

from __future__ import annotations

import re

_CAMPAIGNS = (
    "utm_ at_ mtm_ pk_ piwik_ matomo_ hsa_ relatedposts_ fb_ ns_ wt. wt_ _hs __hs hsctatracking aspsessionid "
    "guce_ _x_tr_ oly_ ga_ stm_ itm_ trk_ vero_ ml_subscriber sms_ wpmp_ mkt_ __cf_chl_ xtor"
)
_PREFIXES = tuple(_CAMPAIGNS.split())
_CLICKS = """
    fbclid gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid msclkid twclid ttclid li_fat_id igshid
    igsh yclid ysclid ymclid rb_clickid irclickid mc_cid mc_eid ef_id s_kwcid epik srsltid
    _openstat _ga _gl _ke
    xtor xtref xtcr xtmc xtnp xtloc xts estat_svc ito icid ncid cmpid s_cid sc_cid sc_campaign smid
    int_medium int_campaign int_source int_content int_term int_cmp
    campaign_id wickedid spm __twitter_impression __tn__ ref_src ref_url trk trkcampaign trkinfo guccounter
    action_object_map action_type_map action_ref_map fb_action_ids awesm echobox cn-reloaded
    usqp amp_js_v amp_gsa aoh doing_wp_cron replytocom var_mode pagespeed modpagespeed
    phpsessid jsessionid cfid cftoken zenid oscsid sessid php_session_id
"""
_NAMES = frozenset(_CLICKS.split())
_SESSIONS = frozenset({"sid", "sess", "session", "sessionid", "session_id", "s_id"})
_SESSION_VALUE = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9_-]{16,}")
_VIEWS = frozenset({"amp", "print", "outputtype", "mobile"})
_VIEW_VALUES = frozenset({"", "1", "true", "amp", "yes", "oui"})


def is_noise(parameter: str) -> bool:
    """Whether a parameter ("name=value" or "name", escaped) can go without changing which page is meant."""
    name, _, value = parameter.partition("=")
    name = name.lower()
    if name in _NAMES or name.startswith(_PREFIXES):
        return True
    if name in _SESSIONS:
        return _SESSION_VALUE.fullmatch(value) is not None
    return name in _VIEWS and value.lower() in _VIEW_VALUES
