"""What ./dev run --share does once the server runs: a call, and an invite to it for each of two
people. Behind a tunnel nobody may mint a token for the asking, since a stranger's request arrives
from this machine too."""

import json
import subprocess
import urllib.error
import urllib.request

from console import Failure, bold

OWNER = "usr_dev_owner"
INVITE_TTL_MS = 24 * 3600 * 1000


def invite(binary, url, data, agent_user):
    token = subprocess.run([binary, "token", "--data", data, "--user", OWNER, "--account",
                            "acct_dev"], text=True, stdout=subprocess.PIPE)
    if token.returncode:
        raise Failure("no token could be made; the server says why above")
    participants = [{"userId": agent_user, "role": "agent"}] if agent_user else []
    made = _post(f"{url}/v1/call/sessions", token.stdout.strip(), {"participants": participants})
    invites = f"{url}/v1/call/sessions/{made['session']['sessionId']}/invites"
    links = [_post(invites, token.stdout.strip(), {"ttlMs": INVITE_TTL_MS})["url"]
             for _ in range(2)]
    print("\n   one link each, good once and for a day:")
    for link in links:
        print(f"   {bold(link)}")
    print("   stop   Ctrl-C\n", flush=True)


def _post(url, token, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {
        "Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Failure(f"{url}: {error.code} {error.read().decode(errors='replace')}") from None
