import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createSecrets } from '../../src/kernel/secrets.ts'
import { sweepFolder } from '../../src/kernel/sweep.ts'

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-sweep-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}

function secretsWithToken() {
  const secrets = createSecrets()
  secrets.add('TOKEN', 'tokentoken')
  return secrets
}

test('a secret is found in whatever file below the folder it is, with its place', async (t) => {
  const dir = await folder(t)
  await mkdir(join(dir, 'a/b'), { recursive: true })
  await writeFile(join(dir, 'a/b/deep.json'), '{"x":"tokentoken"}')
  await writeFile(join(dir, '.hidden'), Buffer.from('tokentoken').toString('base64'))
  await writeFile(join(dir, 'clean.txt'), 'nothing')

  const { files, hits } = await sweepFolder(dir, secretsWithToken())

  assert.equal(files, 3)
  assert.deepEqual(hits, [
    { name: 'TOKEN', encoding: 'base64', offset: 0, file: '.hidden' },
    { name: 'TOKEN', encoding: 'plain', offset: 6, file: 'a/b/deep.json' },
  ])
})

test('names of files and targets of links count, and the hit itself does not repeat the secret', async (t) => {
  const dir = await folder(t)
  await writeFile(join(dir, 'tokentoken.json'), '{}')
  await symlink('/nowhere/tokentoken', join(dir, 'link'))

  const { hits } = await sweepFolder(dir, secretsWithToken())

  assert.deepEqual(hits.map((hit) => hit.file).sort(), ['[redacted:TOKEN].json', 'link'])
  assert.ok(!JSON.stringify(hits).includes('tokentoken'))
})

test('a secret on the border of two pieces of a large file is found once', async (t) => {
  const dir = await folder(t)
  await writeFile(join(dir, 'large.log'), `${'.'.repeat(95)}tokentoken${'.'.repeat(300)}tokentoken`)

  const { hits, bytes } = await sweepFolder(dir, secretsWithToken(), { size: 100, overlap: 20 })

  assert.deepEqual(
    hits.map((hit) => hit.offset),
    [95, 405],
  )
  assert.equal(bytes, 415)
})

test('an empty folder was not swept of anything, and a missing one is an error', async (t) => {
  const dir = await folder(t)

  assert.deepEqual(await sweepFolder(dir, secretsWithToken()), { files: 0, bytes: 0, hits: [] })
  await assert.rejects(sweepFolder(join(dir, 'missing'), secretsWithToken()), /ENOENT/)
})
