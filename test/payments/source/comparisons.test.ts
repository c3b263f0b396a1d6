import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { plainComparisons } from '../../../src/payments/source/comparisons.ts'

async function project(t: TestContext, files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-source-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(dir, name, '..'), { recursive: true })
    await writeFile(join(dir, name), text)
  }
  return dir
}

test('a signature compared by == is named by file and line, in any language', async (t) => {
  const dir = await project(t, {
    'src/hook.ts': 'const expected = createHmac("sha256", secret)\nif (expected === signature) go()\n',
    'app/hook.py': 'mac = hmac.new(key, body)\nif signature != mac.hexdigest():\n    raise Refused\n',
    'lib/hook.rb': 'digest = OpenSSL::HMAC.hexdigest("SHA256", key, body)\nreturn false unless digest == header\n',
  })
  const { files, found } = await plainComparisons(['src', 'app', 'lib'], dir)
  assert.equal(files, 3)
  assert.deepEqual(
    found.map(({ file, line }) => `${file}:${line}`),
    ['app/hook.py:2', 'lib/hook.rb:2', 'src/hook.ts:2'],
  )
})

test('comparisons of lengths, types and constants, and files without keyed hashes, are nobody’s business', async (t) => {
  const dir = await project(t, {
    'a.ts': [
      'const expected = createHmac("sha256", secret).digest()',
      'if (signature.length !== expected.length) return false',
      'if (signature === undefined || scheme === "v1") return false',
      '// signature === expected would tell too much',
      'return timingSafeEqual(signature, expected)',
    ].join('\n'),
    'b.ts': 'if (signature === expected) nothing()\n',
    'node_modules/x/c.ts': 'createHmac("x"); if (signature === expected) nothing()\n',
  })
  assert.deepEqual((await plainComparisons(['.'], dir)).found, [])
})
