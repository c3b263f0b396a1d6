import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { copyTemplate } from '../../src/kernel/pglite-template.ts'

test('a data folder can be written to and removed though the installation it comes from is write-protected', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-template-'))
  const [template, home] = [join(dir, 'template'), join(dir, 'home')]
  await mkdir(join(template, 'base'), { recursive: true })
  await writeFile(join(template, 'base', '1'), 'rows')
  await chmod(join(template, 'base', '1'), 0o444)
  for (const folder of ['base', '.']) await chmod(join(template, folder), 0o555)
  try {
    await copyTemplate(home, template)

    const modes = await Promise.all(['.', 'base', 'base/1'].map(async (path) => (await stat(join(home, path))).mode))
    assert.deepEqual(
      modes.map((mode) => (mode & 0o777).toString(8)),
      ['700', '700', '600'],
    )
  } finally {
    for (const folder of ['.', 'base']) await chmod(join(template, folder), 0o755)
    await rm(dir, { recursive: true, force: true })
  }
})
