import assert from 'node:assert/strict'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeProject, oneGate, runCli } from '../support/cli.ts'
import { need } from '../support/need.ts'
import { commitAll } from '../support/signing.ts'

const plan = (name: string): string =>
  JSON.stringify({
    format_version: '1.2',
    planned_values: { root_module: { resources: [{ address: 'a.b', mode: 'managed', type: 'a' }] } },
    resource_changes: [
      { address: 'a.b', mode: 'managed', type: 'a', change: { actions: ['create'], before: null, after: { name } } },
    ],
    timestamp: new Date(Date.now() - 60_000).toISOString(),
    complete: true,
    errored: false,
  })

test(
  'only the plan that was reviewed may be applied: not one made again, not one that says something else',
  need('git'),
  async (t) => {
    const dir = await makeProject(t, {
      'gatekit.yaml': oneGate(['{ id: plan, type: terraform-plan, plan: prod.json, planFile: prod.tfplan }']),
      '.gitignore': 'qa\nprod.*\n',
      'prod.json': plan('one'),
      'prod.tfplan': 'binary one',
    })
    // Stands for Terraform: prints the JSON beside the plan file.
    const terraform = join(dir, 'terraform')
    writeFileSync(terraform, '#!/bin/sh\ncat "$(dirname "$3")/show.json"\n')
    chmodSync(terraform, 0o755)
    writeFileSync(join(dir, 'prod.show'), '')
    commitAll(dir, 'dev', 'first')
    const guard = async (...more: string[]) => {
      const { code, stdout } = await runCli(dir, [
        'apply-guard',
        'prod.tfplan',
        '--json',
        '--terraform',
        terraform,
        ...more,
      ])
      return [code, ...(JSON.parse(stdout) as { objections: { code: string }[] }).objections.map((one) => one.code)]
    }
    const show = (text: string) => writeFileSync(join(dir, 'show.json'), text)
    show(plan('one'))
    assert.deepEqual(await guard(), [4, 'no-review'])

    assert.equal((await runCli(dir, ['run-all'])).code, 0)
    assert.deepEqual(await guard(), [0])
    assert.deepEqual((await guard('--max-age', '1ms'))[0], 5)
    show(plan('another'))
    assert.deepEqual(await guard(), [1, 'other-content'])
    show('{}')
    assert.deepEqual(await guard(), [3, 'unreadable'])

    show(plan('one'))
    writeFileSync(join(dir, 'prod.tfplan'), 'binary two')
    assert.deepEqual(await guard(), [1, 're-planned'])
    writeFileSync(join(dir, 'prod.tfplan'), 'binary one')

    const results = join(dir, 'qa/run.json')
    writeFileSync(
      results,
      readFileSync(results, 'utf8').replace(
        /"planFileSha256": "[0-9a-f]{64}"/,
        `"planFileSha256": "${'0'.repeat(64)}"`,
      ),
    )
    assert.deepEqual(await guard(), [1, 'edited'])
  },
)
