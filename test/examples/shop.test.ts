import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

/** `gatekit` as it would be installed, from the sources of this checkout. */
const command = `#!/usr/bin/env node
import { register } from ${JSON.stringify(pathToFileURL(resolve('node_modules/tsx/dist/esm/api/index.mjs')).href)}
register()
await import(${JSON.stringify(pathToFileURL(resolve('src/cli/main.ts')).href)})
`

test('the shop passes its own tests, run in a folder of its own as its README says', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-shop-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  await cp('examples/shop', dir, { recursive: true })
  const modules = join(dir, 'node_modules')
  await mkdir(join(modules, '.bin'), { recursive: true })
  await symlink(resolve('node_modules/stripe'), join(modules, 'stripe'))
  await writeFile(join(modules, '.bin', 'gatekit.mjs'), command)
  await chmod(join(modules, '.bin', 'gatekit.mjs'), 0o755)
  await symlink('gatekit.mjs', join(modules, '.bin', 'gatekit'))

  const { code, output } = await run('npm', ['test'], dir)

  assert.equal(code, 0, output)
  assert.match(output, /# pass 6\n# fail 0/)
})

function run(program: string, args: string[], cwd: string): Promise<{ code: number | null; output: string }> {
  // The runner of these tests must not be taken for the one inside.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn(program, args, { cwd, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  return new Promise((done) => child.once('close', (code) => done({ code, output })))
}
