import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CiFinding } from '../../src/cli/lint-ci/finding.ts'
import { lintGithub } from '../../src/cli/lint-ci/github.ts'
import { lintGitlab } from '../../src/cli/lint-ci/gitlab.ts'
import { scriptFindings } from '../../src/cli/lint-ci/script.ts'
import { parseYaml } from '../../src/kernel/place.ts'

const rulesOf = (script: string, habits = { errexit: true, pipefail: false }) =>
  scriptFindings(script, habits).map(({ rule }) => rule)

test('a script that ends as gatekit ended has no findings', () => {
  const honest = [
    'npx gatekit run-all',
    'npm ci\nnpx gatekit run-all --reporter junit',
    'npx gatekit run-all \\\n  --start "npm start || true" \\\n  --wait-for /health',
    'npx gatekit verify qa/ && terraform apply plans/prod.tfplan',
    'npx gatekit run-all || exit 1',
    'npx gatekit run-all || { echo failed; exit 1; }',
    'if ! npx gatekit verify qa/; then\n  echo no\n  exit 1\nfi',
    'set -o pipefail\nnpx gatekit run-all | tee log.txt',
    'set -euo pipefail\nnpx gatekit run-all | tee log.txt',
    "echo 'npx gatekit run-all || true'",
    '# npx gatekit run-all || true\nnpx gatekit run-all',
    'npx gatekit run-all # || true',
    'npm run build || true\nnpx gatekit run-all',
    'set +e\nnpm run flaky\nset -e\nnpx gatekit run-all\necho done',
    'gatekitten run || true',
    'cat gatekit.yaml || true',
  ]
  for (const script of honest) assert.deepEqual(rulesOf(script), [], script)
})

test('every way to lose the exit code of gatekit in a script is named', () => {
  const lies: [script: string, rule: string][] = [
    ['npx gatekit run-all || true', 'or-true'],
    ['npx gatekit run-all ||true', 'or-true'],
    ['npx --no-install gatekit run-all || :', 'or-true'],
    ['./node_modules/.bin/gatekit stage6 || echo failed', 'or-true'],
    ['npx gatekit --quiet run-all || exit 0', 'or-true'],
    ['npx gatekit@1.2.3 run packs || true', 'or-true'],
    ['npx gatekit run-all \\\n  --offline \\\n  || true', 'or-true'],
    ['npx gatekit run-all; true', 'then-true'],
    ['npx gatekit run-all; exit 0', 'then-true'],
    ['npx gatekit run-all | tee log.txt', 'pipe'],
    ['npx gatekit run-all 2>&1 | tee log.txt', 'pipe'],
    ['npx gatekit run-all &', 'background'],
    ['npx gatekit run-all && echo fine\nnpm run deploy', 'and-list'],
    ['set +e\nnpx gatekit run-all\necho done', 'set-plus-e'],
    ['if npx gatekit verify qa/; then\n  echo fine\nfi', 'caught'],
    ['! npx gatekit run-all', 'caught'],
    ['echo "$(npx gatekit run-all --json)"', 'substituted'],
    ['export OUT=$(npx gatekit run-all --json)', 'substituted'],
  ]
  for (const [script, rule] of lies) assert.deepEqual(rulesOf(script), [rule], script)
  assert.deepEqual(rulesOf('gatekit run-all\nls', { errexit: false, pipefail: false }), ['no-errexit'])
})

const workflow = (jobs: string) => lintGithub(parseYaml('ci.yml', `on: push\njobs:\n${jobs}`))
const linesOf = ({ findings }: ReturnType<typeof workflow>) =>
  findings.map(({ rule, place }) => `${rule} ${place?.line}:${place?.column}`)

const upload =
  '      - { if: always(), uses: actions/upload-artifact@v4, with: { path: qa/, if-no-files-found: error } }\n'
const gate = `  gate:
    timeout-minutes: 20
    steps:
      - run: npx gatekit run-all
${upload}`

test('an honest workflow with a deploy job that verifies has no findings', () => {
  const deploy = `  deploy:
    needs: gate
    if: always() && needs.gate.result == 'success'
    environment: production
    steps:
      - run: npx gatekit verify qa/ --commit "$GITHUB_SHA"
      - run: npx gatekit apply-guard plan && terraform apply plan
`
  assert.deepEqual(linesOf(workflow(gate + deploy)), [])
})

test('findings in scripts point at the words, also below comments and in quoted scripts', () => {
  const lie = `  gate:
    timeout-minutes: 20
    steps:
      - name: judge
        run: |
          # the gate
          npm ci

          npx gatekit run-all | tee log
      - run: "npx gatekit stage6 || true"
${upload}`
  const { findings } = workflow(lie)
  assert.deepEqual(
    findings.map(({ rule, place }) => [
      rule,
      place!.line,
      place!.text!.slice(place!.column - 1, place!.column - 1 + place!.length!),
    ]),
    [
      ['pipe', 11, '| tee'],
      ['or-true', 12, '|| true'],
    ],
  )
})

test('shell: bash has pipefail on GitHub, also as a default of the job', () => {
  const piped = (shell: string) =>
    `  gate:\n    timeout-minutes: 9\n${shell}    steps:\n      - run: npx gatekit run-all | tee log\n${upload}`
  assert.deepEqual(linesOf(workflow(piped(''))), ['pipe 6:34'])
  assert.deepEqual(linesOf(workflow(piped('    defaults: { run: { shell: bash } }\n'))), [])
})

test('masked, unbounded, skippable and unkept gates are named with their place', () => {
  const lies: [jobs: string, expected: string[]][] = [
    [gate.replace('    timeout', '    continue-on-error: true\n    timeout'), ['continue-on-error 4:5']],
    [gate.replace('- run', '- continue-on-error: true\n        run'), ['continue-on-error 6:9']],
    [gate.replace('    timeout-minutes: 20\n', ''), ['no-timeout 3:3']],
    [gate.replace('if: always(), ', ''), ['upload-not-always 7:11']],
    [gate.replace(', if-no-files-found: error', ''), ['upload-may-be-empty 7:59']],
    [gate.replace(upload, ''), ['not-kept 3:3']],
    [gate.replace('    timeout', "    if: github.ref == 'refs/heads/main'\n    timeout"), ['gate-can-be-skipped 4:5']],
    [gate.replace('- run', "- if: github.ref == 'x'\n        run"), ['step-can-be-skipped 6:9']],
    [gate.replace('npx', 'npm start & sleep 3; npx'), ['sleep 6:26']],
    [gate.replace('run-all', 'run-all --shard 1/3'), ['shards-not-merged 3:3']],
  ]
  for (const [jobs, expected] of lies) assert.deepEqual(linesOf(workflow(jobs)), expected, jobs)
})

test('a deployment must need the gate, look at its evidence, and not go on without its result', () => {
  const deploy = (lines: string) => `  deploy:\n${lines}    steps:\n      - run: kubectl apply -f app.yaml\n`
  assert.deepEqual(linesOf(workflow(gate + deploy(''))), ['gate-not-needed 8:3', 'deploy-without-verify 8:3'])
  assert.deepEqual(linesOf(workflow(gate + deploy('    needs: gate\n'))), ['deploy-without-verify 8:3'])
  const always = workflow(gate + deploy('    needs: gate\n    if: always()\n'))
  assert.deepEqual(linesOf(always), ['deploy-without-verify 8:3', 'needs-result-not-checked 10:5'])
  const required = '  all-green:\n    needs: [gate]\n    if: always()\n    steps:\n      - run: echo fine\n'
  assert.deepEqual(linesOf(workflow(gate + required)), ['needs-result-not-checked 10:5'])
  const asks = required.replace('echo fine', `test "\${{ needs.gate.result }}" = success`)
  assert.deepEqual(linesOf(workflow(gate + asks)), [])
})

test('versions that move are notes', () => {
  const { findings } = workflow(
    gate.replace('- run', '- uses: actions/setup-node@v4\n      - uses: acme/tool@main\n      - run'),
  )
  assert.deepEqual(
    findings.map(({ rule, isNote }) => [rule, isNote]),
    [
      ['unpinned-version', true],
      ['moving-action', true],
    ],
  )
})

test('a workflow without gatekit has nothing to judge, and one that is no workflow does not crash', () => {
  assert.deepEqual(workflow('  build:\n    continue-on-error: true\n    steps: [{ run: make || true }]\n'), {
    calls: 0,
    findings: [],
  })
  for (const text of ['', '[]', 'jobs: 3', 'jobs: { a: [1] }', 'jobs: { a: { steps: [null, 3, { run: [1] }] } }'])
    assert.equal(lintGithub(parseYaml('x.yml', text)).calls, 0, text)
})

/** Rule, and the words it points at. */
const pointsOf = ({ findings }: { findings: readonly CiFinding[] }) =>
  findings.map(({ rule, place, isNote }) => [
    rule,
    place!.text!.slice(place!.column - 1, place!.column - 1 + place!.length!),
    ...(isNote ? ['note'] : []),
  ])

test('a plan that nobody reviewed is not applied, and one that was is applied behind apply-guard only', () => {
  const job = (script: string) =>
    workflow(`${gate}  infrastructure:
    needs: gate
    steps:
      - run: npx gatekit verify qa/ --commit "$GITHUB_SHA"
      - run: |
          ${script.replaceAll('\n', '\n          ')}
`)
  const cases: [script: string, expected: string[][]][] = [
    ['npx gatekit apply-guard p.tfplan && terraform apply p.tfplan', []],
    ['npx gatekit apply-guard p.tfplan\nterraform -chdir=infra apply -input=false -lock-timeout 5m "$PLAN"', []],
    ['terraform apply', [['apply-without-plan', 'terraform apply']]],
    ['terraform apply -var-file prod.tfvars', [['apply-without-plan', 'terraform apply']]],
    ['cd infra && tofu apply -auto-approve', [['auto-approve', 'tofu apply']]],
    ['terraform apply \\\n  -auto-approve=true', [['auto-approve', 'terraform apply']]],
    ['terraform -chdir=infra apply p.tfplan', [['apply-not-guarded', 'terraform -chdir=infra apply']]],
    ['terraform destroy -auto-approve', [['auto-approve', 'terraform destroy']]],
    ['terraform plan -out=p.tfplan', []],
    ['terraform plan -out p.tfplan -var-file prod.tfvars', []],
    ['terraform plan', [['plan-not-kept', 'terraform plan', 'note']]],
    [
      'terraform plan\nnpx gatekit apply-guard p.tfplan\nterraform apply p.tfplan',
      [['plan-not-kept', 'terraform plan']],
    ],
    ["echo 'terraform apply -auto-approve'\n# terraform apply", []],
  ]
  for (const [script, expected] of cases) assert.deepEqual(pointsOf(job(script)), expected, script)
})

test('a deployment is judged in a workflow of its own too, where no gatekit stands', () => {
  const deploy =
    '  deploy:\n    environment: production\n    steps:\n      - uses: acme/setup@v3\n      - run: terraform apply -auto-approve\n'

  assert.deepEqual(linesOf(workflow(deploy)), ['auto-approve 7:14', 'deploy-without-verify 3:3'])
  assert.deepEqual(linesOf(workflow('  deploy:\n    uses: ./.github/workflows/deploy.yml\n')), [])
})

test('secrets that a script writes into the log are named, and those that it hands over are not', () => {
  const job = (script: string) =>
    workflow(`  build:
    env: { KEY_OF_US: "\${{ secrets.SHOP }}", LEVEL: info }
    steps:
      - run: |
          ${script.replaceAll('\n', '\n          ')}
`)
  const printed: [script: string, words: string][] = [
    ['echo "${{ secrets.STRIPE_SECRET_KEY }}"', 'echo'],
    ["echo '${{ toJSON(secrets) }}'", 'echo'],
    ['echo "key: $STRIPE_SECRET_KEY"', 'echo'],
    ['printf %s "${KEY_OF_US}" | base64', 'printf'],
    ['echo $KEY_OF_US | rev >&2', 'echo'],
    ['echo "# $KEY_OF_US" > /dev/stderr', 'echo'],
    ['cat <<< "$KEY_OF_US"', 'cat <<<'],
    ['true && env | sort', 'env'],
  ]
  const handed = [
    'echo "${{ secrets.TOKEN }}" | docker login --password-stdin registry.example',
    'printf %s "$KEY_OF_US" > key.txt',
    'echo "$KEY_OF_US" | base64 > key.txt',
    'echo "::add-mask::$KEY_OF_US"',
    "echo 'set $KEY_OF_US first'",
    'echo "$LEVEL" # $KEY_OF_US',
    'export AUTH=$(printf %s "$KEY_OF_US" | base64)',
    'env NODE_ENV=test npm start',
    'curl -H "Authorization: Bearer $KEY_OF_US" "$URL"',
  ]
  for (const [script, words] of printed) assert.deepEqual(pointsOf(job(script)), [['secret-printed', words]], script)
  for (const script of handed) assert.deepEqual(pointsOf(job(script)), [], script)
  assert.deepEqual(pointsOf(job('set -eux\nmake')), [['secret-traced', 'set -eux']])
})

test('a key that stands in a workflow is starred in the line that is shown', () => {
  const { findings } = workflow(gate.replace('run-all', `run-all --key sk_live_${'a'.repeat(24)} || true`))
  assert.match(findings[0]!.place!.text!, /--key \*+ \|\| true/)
})

test('actions of others are named by a commit, or noted', () => {
  const uses = (name: string) => pointsOf(workflow(gate.replace('- run', `- uses: ${name}\n      - run`)))
  for (const name of [`acme/tool@${'a1'.repeat(20)}`, 'actions/cache@v4', './.github/actions/build'])
    assert.deepEqual(uses(name), [], name)
  assert.deepEqual(uses('acme/tool@v3'), [['unpinned-action', 'acme/tool@v3', 'note']])
  assert.deepEqual(uses('acme/tool@main'), [['moving-action', 'acme/tool@main', 'note']])
})

test('GitLab: allow_failure, lost artefacts, manual gates and deployments without verify are named', () => {
  const lint = (text: string) => lintGitlab(parseYaml('.gitlab-ci.yml', text)).findings.map(({ rule }) => rule)
  const honest = `gate:
  timeout: 20 minutes
  script:
    - npm ci
    - npx gatekit run-all | tee log
  artifacts: { when: always, paths: [qa/] }
`
  assert.deepEqual(lint(honest), [])
  assert.deepEqual(lint(`${honest}  allow_failure: true\n`), ['allow-failure'])
  assert.deepEqual(lint(`${honest}  when: manual\n`), ['gate-can-be-skipped'])
  assert.deepEqual(lint(honest.replace('when: always, ', '')), ['upload-not-always'])
  assert.deepEqual(lint(honest.replace('  timeout: 20 minutes\n', '')), ['no-timeout'])
  assert.deepEqual(lint(honest.replace('run-all | tee log', 'run-all || true')), ['or-true'])
  const deploy = (lines: string, stage = 'deploy') =>
    lint(`${honest}build: { script: [make] }\ndeploy:\n  stage: ${stage}\n  environment: production\n${lines}`)
  assert.deepEqual(deploy('  script: [make deploy]\n'), ['deploy-without-verify'])
  assert.deepEqual(deploy('  script: [npx gatekit verify qa, make deploy]\n'), [])
  assert.deepEqual(deploy('  needs: [build]\n  script: [npx gatekit verify qa, make deploy]\n'), ['gate-not-needed'])
  assert.deepEqual(deploy('  script: [npx gatekit verify qa, make deploy]\n', 'test'), ['gate-not-needed'])
  assert.deepEqual(deploy('  needs: [{ job: gate }]\n  script: [npx gatekit verify qa, make deploy]\n'), [])
  assert.deepEqual(deploy('  when: always\n  script: [make deploy]\n'), [
    'needs-result-not-checked',
    'deploy-without-verify',
  ])
  assert.deepEqual(deploy('  script: [npx gatekit verify qa, terraform apply -auto-approve]\n'), ['auto-approve'])
  assert.deepEqual(deploy('  script: [npx gatekit verify qa, "echo $DEPLOY_TOKEN"]\n'), ['secret-printed'])
  assert.deepEqual(lint(`${honest}  image: node\n`), ['moving-image'])
  assert.deepEqual(lint(`${honest}  image: node:20.20\n`), [])
})
