/** One line or so of the correct Python backend made wrong, and the probe that must notice. */
export interface Mutation {
  probe: string
  title: string
  /** Text of the backend and what stands in its place; each must occur. */
  changes: readonly (readonly [before: string, after: string])[]
}

const m = (probe: string, title: string, ...changes: [string, string][]): Mutation => ({ probe, title, changes })

const paidOnly = `thing.get("mode") == "subscription" or thing.get("payment_status") != "paid" or not is_text(payment)`
const priceCheck = 'price[1:] == (row["amount"], row["currency"])'
const matches = '(amount, currency) != PACKS[item][1:]'
const restOfRefund = `payment = need(up[0].rsplit("/", 1)[-1] if up else thing.get("id"))`
const allowedFields = `{"user", "email", "pack", "plan", "successUrl", "cancelUrl", "returnUrl"}`
const secondCall = `    if status == 599:
        status, answer = call("POST", STRIPE_BASE + path, headers, urllib.parse.urlencode(fields).encode())`

export const mutations: readonly Mutation[] = [
  m('D1', 'grants for a session that is complete but unpaid', [
    paidOnly,
    'thing.get("mode") == "subscription" or not is_text(payment)',
  ]),
  m('D2', 'any amount will do', [priceCheck, 'price[2] == row["currency"]'], [matches, 'currency != PACKS[item][2]']),
  m('D2', 'any price of the catalogue will do', [
    priceCheck,
    '(row["amount"], row["currency"]) in [each[1:] for each in PACKS.values()]',
  ]),
  m('D3', 'any currency will do', [priceCheck, 'price[1] == row["amount"]'], [matches, 'amount != PACKS[item][1]']),
  m('D4', 'every pack has five cards', [
    'give_cards(db, payment, row["user"], price[0])',
    'give_cards(db, payment, row["user"], 5)',
  ]),
  m('D4', 'every currency has hundredths', [
    'return int(whole + part[:digits].ljust(digits, "0")), currency',
    'return int(whole + part[:2].ljust(2, "0")), currency',
  ]),
  m(
    'D6',
    'the client may name the amount',
    [`if set(fields) - ${allowedFields}:`, 'if False:'],
    [
      '_, amount, currency = (PLANS if is_plan else PACKS)[item]',
      '_, amount, currency = (PLANS if is_plan else PACKS)[item]\n    amount = ASKED.get("amount", amount)',
    ],
    [
      '    fields = as_object(body)\n    if False',
      '    fields = as_object(body)\n    ASKED.clear()\n    ASKED.update(fields)\n    if False',
    ],
    ['PLANS = {', 'ASKED = {}\nPLANS = {'],
  ),
  m(
    'D6',
    'the client may name the quantity',
    [`if set(fields) - ${allowedFields}:`, 'if False:'],
    [
      '    fields = as_object(body)\n    if False',
      '    fields = as_object(body)\n    ASKED.clear()\n    ASKED.update(fields)\n    if False',
    ],
    ['PLANS = {', 'ASKED = {}\nPLANS = {'],
    ['"line_items[0][quantity]": "1"', '"line_items[0][quantity]": str(ASKED.get("quantity", 1))'],
  ),
  m('D7', 'a subscriber may subscribe again', ['    if is_plan and read(', '    if False and read(']),
  m(
    'D8',
    'a customer for every checkout',
    ['for row in read("select id from customers where user=?", user):', 'for row in []:'],
    ['"customer-" + digest[:40])', '"customer-" + uuid.uuid4().hex)'],
    ['with lock_for("user/" + user):\n            return', 'if True:\n            return'],
    ["and state in ('new','open')\", [user, item]).fetchone()", "and state in ('never')\", [user, item]).fetchone()"],
  ),
  m(
    'D8',
    'sessions shared without a lock',
    ['with lock_for("user/" + user):\n            return', 'if True:\n            return'],
    [
      "    with transaction() as db:\n        row = db.execute(\"select * from orders where user=? and item=? and state in ('new','open')\"",
      '    with transaction() as db:\n        row = db.execute("select * from orders where user=? and item=? and state in (\'open\')"',
    ],
  ),
  m('D9', 'a lost answer is asked for again under another key', [
    secondCall,
    `    if status == 599:
        headers["Idempotency-Key"] = uuid.uuid4().hex
        status, answer = call("POST", STRIPE_BASE + path, headers, urllib.parse.urlencode(fields).encode())`,
  ]),
  m('D11', 'answers are kept by key alone', ['if known["print"] != print_:', 'if False:']),
  m(
    'D12',
    'a key is looked up before and kept after, without a lock',
    ['with lock_for("key/" + key), lock_for("user/" + user):', 'if True:'],
    ["and state in ('new','open')\", [user, item]).fetchone()", "and state in ('never')\", [user, item]).fetchone()"],
  ),
  m('D15', 'a rate limit is answered with another call at once', [
    secondCall,
    `    for _ in range(20):
        if status in (429, 599):
            status, answer = call("POST", STRIPE_BASE + path, headers, urllib.parse.urlencode(fields).encode())`,
  ]),
  m('D15', 'a rate limit is reported as success', [
    "        raise provider_trouble(status)\n    with transaction() as db:\n        db.execute(\"update orders set state='open'",
    '        if status == 429: return {"url": PUBLIC_URL + "/success"}\n        raise provider_trouble(status)\n    with transaction() as db:\n        db.execute("update orders set state=\'open\'',
  ]),
  m('D16', 'the provider’s key never changes', [
    'db.execute("update orders set attempt=attempt+1 where id=?", [order["id"]])',
    'pass',
  ]),
  m('D17', 'a decline is tried again', [secondCall, secondCall.replace('== 599', 'in (402, 599)')]),
  m(
    'E1',
    'refunds are not handled',
    ['kind == "charge.refunded" and', 'False and'],
    ['kind in ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated") and', 'False and'],
  ),
  m('E1', 'PayPal’s old refund event only', [
    '("PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED")',
    '("PAYMENT.SALE.REFUNDED",)',
  ]),
  m('E2', 'a refund is looked up by its charge', [
    'learn_returned(db, "stripe", payment, number(thing.get("amount_refunded")), actor)',
    'payment = thing.get("id"); learn_returned(db, "stripe", payment, number(thing.get("amount_refunded")), actor)',
  ]),
  m('E2', 'a PayPal refund is looked up by its own id', [restOfRefund, 'payment = need(thing.get("id"))']),
  m('E3', 'a partial refund revokes everything', ['row["refunded"] >= row["amount"]', 'row["refunded"] > 0']),
  m('E4', 'a refund revokes whatever the user has', [
    'update cards set revoked=? where payment_id=?", [0 if is_active else 1, payment])',
    'update cards set revoked=? where user=?", [0 if is_active else 1, row["user"]])',
  ]),
  m('D18', 'a mock where the provider is in trouble', [
    '        raise provider_trouble(status)\n    with transaction() as db:\n        db.execute("update orders',
    '        return {"url": PUBLIC_URL + "/success", "mocked": True}\n    with transaction() as db:\n        db.execute("update orders',
  ]),
  m('E5', 'only one refund of the whole counts', [
    'total = max(row["returned"] - failed, good)',
    'total = max([0] + [each["amount"] for each in db.execute("select amount from refunds where payment=?", [payment])]) if provider == "paypal" else max(row["returned"] - failed, good)',
  ]),
  m(
    'E6',
    'each announcement of a refund adds up',
    [
      'returned=max(returned, ?) where id=?", [cumulative, payment]',
      'returned=returned + ? where id=?", [cumulative, payment]',
    ],
    [
      'on conflict(id) do update set failed=max(failed, excluded.failed)',
      'on conflict(id) do update set amount=amount + excluded.amount',
    ],
    [
      'is_new = db.execute("insert or ignore into inbox values(?,?,?)", [event["id"], event[kind], now()]).rowcount == 1',
      'is_new = True',
    ],
  ),
  m('E7', 'a refund before its payment blocks it', [
    '    if row["captured"]:\n        return',
    '    if row["captured"] or row["refunded"]:\n        return',
  ]),
  m('E10', 'disputes are not handled', [
    'kind in ("charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed") and',
    'False and',
  ]),
  m('E10', 'a dispute that was won stays open', ['all(each == "won" for each in disputes)', 'not disputes']),
  m('E10', 'disputes leave no record', ['audit(db, "dispute_" + status,', 'audit(db, "dispute_" + status, "x" +']),
  m(
    'G1',
    'the provider’s message is passed on',
    [
      '        raise provider_trouble(status)\n    with transaction() as db:\n        db.execute("update orders',
      '        raise Refused(502, str(session))\n    with transaction() as db:\n        db.execute("update orders',
    ],
    [
      'raise provider_trouble(status)\n    with transaction() as db:\n        db.execute("insert or ignore into customers',
      'raise Refused(502, str(customer))\n    with transaction() as db:\n        db.execute("insert or ignore into customers',
    ],
  ),
  m('G2', 'the environment is logged', ['def main():\n', 'def main():\n    print(dict(ENV), flush=True)\n']),
  m('G2', 'the first half of the key is logged', [
    '        self.write_log("%s %s %d" %',
    '        self.write_log("key " + STRIPE_KEY[:24])\n        self.write_log("%s %s %d" %',
  ]),
  m('G2', 'the secret is in the audit log, in hex', [
    '    facts = {"amount": amount, "currency": currency}',
    '    facts = {"amount": amount, "currency": currency, "by": STRIPE_SECRETS[0].encode().hex()}',
  ]),
  m('G3', 'the status shows the secret', [
    '"stripe_webhook": bool(STRIPE_SECRETS)',
    '"stripe_webhook": STRIPE_SECRETS',
  ]),
  m('G6', 'refunds leave no record', [
    '    audit(db, event, payment, row["user"] or actor or provider, {"before": row["refunded"], "after": total})',
    '    pass',
  ]),
  m('G7', 'rejections leave no record', [
    '        audit(db, "webhook_rejected", "webhook", "unknown", {"why": why})',
    '        pass',
  ]),
  m('G7', 'misfits leave no record', [
    '        audit(db, "payment_mismatch", payment, user, {**facts, "expected": PACKS[item][1:]})',
    '        pass',
  ]),
  m('G7', 'the payload of a forgery is kept', [
    '        reject("Invalid signature", 401)',
    '        reject(body.decode("utf8", "replace"), 401)',
  ]),
  m('G8', 'the record of a refund names nobody', [
    'audit(db, event, payment, row["user"] or actor or provider, {"before"',
    'audit(db, event, payment, None or "", {"before"',
  ]),
  m('G9', 'records can be deleted', [
    '        return answer() if self.command in ("GET", "HEAD")',
    '        if self.command == "DELETE" and names[0] == "audit" and len(names) == 2:\n            with transaction() as db:\n                db.execute("delete from audit where id=?", [names[1]])\n            return 200, {}\n        return answer() if self.command in ("GET", "HEAD")',
  ]),
  m('G9', 'a refund rewrites the record of the capture', [
    '    db.execute("update payments set refunded=? where id=?", [total, payment])',
    '    db.execute("update payments set refunded=? where id=?", [total, payment])\n    db.execute("update audit set payload=? where target_id=?", ["{}", payment])',
  ]),
  m(
    'G10',
    'each delivery is an effect',
    [
      '    if row["captured"]:\n        return',
      '    if row["captured"]:\n        return audit(db, "gateway_capture", payment, "x")',
    ],
    [
      'is_new = db.execute("insert or ignore into inbox values(?,?,?)", [event["id"], event[kind], now()]).rowcount == 1',
      'is_new = True',
    ],
  ),
  m('G12', 'any address to come back to', [
    '    base = urllib.parse.urlsplit(PUBLIC_URL)\n',
    '    return value\n    base = urllib.parse.urlsplit(PUBLIC_URL)\n',
  ]),
  m('G12', 'addresses that begin like the shop', [
    '    base = urllib.parse.urlsplit(PUBLIC_URL)\n',
    '    base = urllib.parse.urlsplit(PUBLIC_URL)\n    if str(value).startswith(PUBLIC_URL):\n        return value\n',
  ]),
  m(
    'G14',
    'a mock where the key is missing',
    [
      '        raise Refused(503, "the payment provider is not configured")',
      '        return 200, {"url": PUBLIC_URL + "/success", "mocked": False}',
    ],
    ['if IS_PRODUCTION and not STRIPE_KEY.startswith("sk_live_"):', 'if False:'],
  ),
  m('G16', 'health is a literal', ['        services["database"] = "away"', '        pass']),
  m(
    'G16',
    'an outage is for ever',
    [
      'def read(query, *params):\n',
      'BROKEN = []\ndef read(query, *params):\n    if BROKEN:\n        raise Refused(503, "away")\n',
    ],
    ['        services["database"] = "away"', '        services["database"] = "away"\n        BROKEN.append(1)'],
  ),
  m('H1', 'each event is a mail', [
    'queue_mail(db, "receipt/" + payment,',
    'queue_mail(db, "receipt/" + payment + uuid.uuid4().hex,',
  ]),
  m('H2', 'mails are written in place', [
    'temporary = os.path.join(OUTBOX_DIR, "." + name + ".tmp")',
    'temporary = os.path.join(OUTBOX_DIR, name)',
  ]),
  m(
    'H3',
    'the template is part of the path',
    ['if not isinstance(template, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", template):', 'if False:'],
    ['"." + name + ".tmp")', 'name + ".tmp")'],
  ),
  m('H4', 'line breaks in subjects are kept', [' or re.search(r"[\\x00-\\x1f\\x7f]", subject)', '']),
  m('H6', 'live mode writes a file and says ok', [
    '        raise Refused(503, "no provider for live mails is configured")',
    '        pass',
  ]),
  m(
    'H8',
    'any text is a recipient',
    ['    if not is_email(to):\n        raise', '    if not isinstance(to, str):\n        raise'],
    ['    if not is_email(to):\n        return None', '    if not isinstance(to, str):\n        return None'],
  ),
  m('H9', 'mode is the template', ['"mode": NOTIFY_MODE, "sandbox"', '"mode": template, "sandbox"']),
]
