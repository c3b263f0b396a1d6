import { type ExitCode, exitCodes } from '../../src/kernel/exit.ts'
import type { CheckRecord, GateRecord, HistoryEntry, RunRecord, Verdict } from '../../src/kernel/record.ts'
import { makeCheck, makeGate, makeRun, sha, summarize } from './records.ts'

export { makeCheck, makeGate, makeRun }

const evidence = (name: string) => [{ path: `evidence/${name}.http.json`, sha256: sha('9'), bytes: 1_834 }]

const nineGates: [string, string, string[]][] = [
  ['packs', 'Feature packs', ['login', 'catalogue', 'cart', 'checkout', 'invoices', 'search', 'profile', 'export']],
  ['bundle-a', 'API security', ['auth_required', 'cors', 'rate_limit', 'security_headers', 'keys_in_repo']],
  ['bundle-b', 'UI quality', ['a11y', 'csp', 'links', 'e2e']],
  ['bundle-c', 'Governance', ['licence', 'owners', 'runbooks']],
  ['stage2', 'Guardrails', ['flags_default_safe', 'frozen_files', 'keys']],
  ['stage3', 'Staging pilot', ['health', 'identity', 'database', 'cache', 'webhook_echo']],
  ['stage4', 'Go-live readiness', ['plan_review', 'rollback_plan', 'tls', 'restore_drill']],
  ['stage5', 'User acceptance', ['product_signoff', 'qa_signoff', 'e2e_report']],
  ['stage6', 'Payment and mail providers', ['stripe_sandbox', 'notify_sandbox', 'outbox_written', 'shadow']],
]

const plainGate = ([id, title, checks]: (typeof nineGates)[number]): GateRecord =>
  makeGate(
    id,
    title,
    checks.map((check, index) => makeCheck(id, check, { durationMs: 61 + index * 130, evidence: evidence(check) })),
    { minChecks: checks.length, description: `What ${title.toLowerCase()} means for this release.` },
  )

/** Everything passed, one check only at its second attempt. */
export function passingRun(): RunRecord {
  const gates = nineGates.map(plainGate)
  const stage6 = gates[8]!
  stage6.checks[0] = makeCheck('stage6', 'stripe_sandbox', {
    title: 'A Checkout session can be opened in test mode',
    durationMs: 412,
    details: {
      checkout_url: 'https://checkout.stripe.com/c/pay/cs_test_a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2',
      livemode: false,
    },
    evidence: evidence('stripe_sandbox'),
    owner: 'payments',
  })
  stage6.checks[1] = makeCheck('stage6', 'notify_sandbox', {
    flaky: true,
    attempts: [
      { attempt: 1, status: 'ERROR', reason: 'ECONNRESET', durationMs: 12 },
      { attempt: 2, status: 'PASS', durationMs: 61 },
    ],
    details: { outbox_path: 'qa/notify/outbox/1760283000_generic.json' },
  })
  stage6.summary = summarize(stage6.checks)
  return makeRun(gates)
}

/** One of everything that can go wrong, with waivers, an advisory check, and gates that never ran. */
export function failingRun(): RunRecord {
  const gates = nineGates.map(plainGate)
  replaceGate(gates, 1, 'FAIL', exitCodes.fail, '1 of 5 required checks failed: rate_limit', [
    makeCheck('bundle-a', 'rate_limit', {
      title: 'A client that asks too often is told to slow down',
      status: 'FAIL',
      reason: 'expected 429 after 100 requests, all 120 were answered 200',
      findings: [
        { subject: 'status of request 101', expected: '429', actual: '200' },
        { subject: 'header retry-after', expected: 'a number of seconds', actual: 'absent' },
      ],
      owner: 'platform',
      durationMs: 8_420,
      attempts: [
        { attempt: 1, status: 'FAIL', reason: 'all 120 requests were answered 200', durationMs: 4_100 },
        { attempt: 2, status: 'FAIL', reason: 'all 120 requests were answered 200', durationMs: 4_320 },
      ],
      evidence: evidence('rate_limit'),
      reproduce: [
        'gatekit run bundle-a/rate_limit',
        'curl -sS -o /dev/null -w \'%{http_code}\' -H "Authorization: Bearer $API_TOKEN" https://api.staging.example.com/v1/orders?limit=100&starting_after=ord_00000000000000000000',
      ],
    }),
    makeCheck('bundle-a', 'cors', {
      status: 'WAIVED',
      was: 'FAIL',
      reason: 'Access-Control-Allow-Origin is *',
      findings: [{ subject: 'header access-control-allow-origin', expected: 'https://shop.example.com', actual: '*' }],
      waiver: {
        reason: 'The partner portal moves to its own host in April',
        ticket: 'SHOP-1421',
        approvedBy: ['alice', 'bob'],
        expires: '2026-03-19',
        daysLeft: 5,
      },
    }),
  ])
  replaceGate(gates, 5, 'ERROR', exitCodes.undecided, '2 checks could not be evaluated: cache, database', [
    makeCheck('stage3', 'cache', {
      type: 'redis',
      status: 'ERROR',
      reason: 'connect ECONNREFUSED 10.0.3.17:6379',
      durationMs: 5_002,
      attempts: [1, 2, 3].map((attempt) => ({ attempt, status: 'ERROR', reason: 'ECONNREFUSED', durationMs: 1_600 })),
    }),
    makeCheck('stage3', 'database', { type: 'sql', status: 'NO_DATA', reason: 'the query returned no rows' }),
    makeCheck('stage3', 'webhook_echo', {
      type: 'webhook',
      status: 'BLOCKED',
      needs: ['database'],
      durationMs: 0,
      attempts: [],
    }),
  ])
  replaceGate(gates, 6, 'STALE', exitCodes.stale, 'restore_drill is 11 days old, at most 8 are allowed', [
    makeCheck('stage4', 'restore_drill', {
      type: 'freshness',
      title: 'A backup was restored and compared this week',
      status: 'STALE',
      reason: 'the newest drill ended 2026-03-03T02:10:00Z, 11 days ago',
      findings: [{ subject: 'age of qa/restore/latest.json', expected: 'at most 8 days', actual: '11 days' }],
      owner: 'sre',
    }),
    makeCheck('stage4', 'plan_review', {
      type: 'terraform-plan',
      status: 'FAIL',
      reason: '1 resource would be destroyed',
      findings: [
        {
          subject: 'aws_dynamodb_table.orders',
          expected: 'no delete',
          actual: 'delete, create (replace: hash_key)',
          place: { file: 'plans/staging.tfplan.json', line: 1_204, column: 9 },
        },
      ],
    }),
    makeCheck('stage4', 'tls', {
      status: 'SKIP',
      reason: 'when: environment is prod',
      skipAllowed: true,
      durationMs: 0,
      attempts: [],
    }),
  ])
  replaceGate(gates, 7, 'INCOMPLETE', exitCodes.incomplete, 'blocked by stage4', [
    makeCheck('stage5', 'product_signoff', {
      type: 'attest',
      status: 'BLOCKED',
      needs: ['stage4'],
      durationMs: 0,
      attempts: [],
    }),
    makeCheck('stage5', 'qa_signoff', {
      type: 'attest',
      status: 'NOT_RUN',
      reason: 'the run was cancelled',
      durationMs: 0,
      attempts: [],
    }),
    makeCheck('stage5', 'e2e_report', {
      status: 'NOT_SELECTED',
      reason: 'filter stage5/*_signoff',
      durationMs: 0,
      attempts: [],
    }),
  ])
  replaceGate(gates, 8, 'PASS', exitCodes.pass, 'all required checks passed', [
    makeCheck('stage6', 'shadow', {
      type: 'shadow',
      status: 'NO_DATA',
      advisory: true,
      reason: '0 of 5 samples',
      details: { samples: 0, minSamples: 5 },
    }),
  ])
  return makeRun(gates, {
    status: 'FAIL',
    exitCode: exitCodes.fail,
    reason: '2 required checks failed in 2 of 9 gates (bundle-a, stage4); 2 more could not be judged',
    dirty: true,
    notRun: [
      { id: 'metering', title: 'Usage metering', reason: 'not part of profile release' },
      { id: 'promote', title: 'Promotion to production', reason: 'environment staging is not prod' },
    ],
    notes: ['the working tree has uncommitted changes: this run says nothing about commit d20ace7'],
  })
}

function replaceGate(
  gates: GateRecord[],
  index: number,
  status: Verdict,
  exitCode: ExitCode,
  reason: string,
  checks: CheckRecord[],
): void {
  const gate = gates[index]!
  const merged = gate.checks.map((check) => checks.find(({ id }) => id === check.id) ?? check)
  gates[index] = { ...gate, status, exitCode, reason, checks: merged, summary: summarize(merged) }
}

/** Nothing was selected, so nothing was shown to be right. */
export const emptyRun = (): RunRecord =>
  makeRun([], { status: 'INCOMPLETE', exitCode: exitCodes.incomplete, reason: 'no gate was selected', notRun: [] })

/** Text by which a system under test might try to break or to take over the report about itself. */
export const hostile =
  '<script>alert(1)</script> ]]> --> <img src=x onerror=alert(1)> "\'`| \u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007x \u0000 \ud800 \ufffe \u202e' +
  '\n::error file=x::owned\r\n%0A::error::owned\n# Bail out!\nBail out!\nok 1 - owned\n...\n``` [x](javascript:alert(1)) @everyone https://evil.example &amp; \\ %'

/** Every text of the failing run replaced by a hostile one; statuses, times and hashes stay, as those are gatekit's own. */
export function hostileRun(text = hostile): RunRecord {
  const kept = new Set([
    'schema',
    'status',
    'was',
    'startedAt',
    'finishedAt',
    'validUntil',
    'sha256',
    'expires',
    'mode',
    'configSha256',
    'planSha256',
  ])
  const spoil = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return kept.has(key) ? value : text
    if (Array.isArray(value)) return value.map((inner) => spoil(inner, key))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, spoil(inner, name)]))
  }
  return spoil(failingRun(), '') as RunRecord
}

/** Thirty past runs, newest first, with the given one in front. */
export function historyOf(run: RunRecord, length = 30): HistoryEntry[] {
  const verdicts: [Verdict, ExitCode][] = [
    ['PASS', 0],
    ['PASS', 0],
    ['FAIL', 1],
    ['PASS', 0],
    ['ERROR', 3],
    ['PASS', 0],
    ['STALE', 5],
  ]
  const first: HistoryEntry = {
    runId: run.runId,
    finishedAt: run.finishedAt,
    status: run.status,
    exitCode: run.exitCode,
    profile: run.profile,
    environment: run.environment.name,
    ...(run.commit && { commit: run.commit }),
    durationMs: run.durationMs,
    gates: run.gates.map((gate) => ({
      id: gate.id,
      status: gate.status,
      planned: gate.summary.planned,
      executed: gate.summary.executed,
    })),
  }
  const past = Array.from({ length }, (_, index): HistoryEntry => {
    const [status, exitCode] = verdicts[(index * 3) % verdicts.length]!
    return {
      ...first,
      runId: `01JQ8Z${String(length - index).padStart(14, '0')}`,
      finishedAt: new Date(Date.parse(run.finishedAt) - (index + 1) * 21_600_000).toISOString(),
      status,
      exitCode,
      commit: `${(index * 7919).toString(16).padStart(8, '0')}aa`,
      durationMs: 60_000 + ((index * 37) % 60) * 1_000,
      gates: first.gates.map((gate, position) =>
        status !== 'PASS' && position === index % 9 ? { ...gate, status } : { ...gate, status: 'PASS' },
      ),
    }
  })
  return [first, ...past]
}
