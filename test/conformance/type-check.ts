import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageFile } from '../../src/kernel/package.ts'

const compilerOptions = {
  target: 'es2023',
  lib: ['es2023'],
  types: ['node'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  skipLibCheck: true,
  noEmit: true,
}

/** Type-checks files against the installed `stripe` package and returns the compiler's complaints by file name. */
export async function typeCheck(files: Record<string, string>): Promise<Record<string, string[]>> {
  const cache = packageFile('.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'conformance-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(files) }))
    const output = await run([packageFile('node_modules/typescript/bin/tsc'), '--pretty', 'false', '-p', folder])
    return byFile(Object.keys(files), output)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Every line of the output has to belong to a file: a compiler that cannot start must not look like no complaints. */
function byFile(names: string[], output: string): Record<string, string[]> {
  const found: Record<string, string[]> = Object.fromEntries(names.map((name) => [name, []]))
  let current: string[] | undefined
  for (const line of output.split('\n').filter(Boolean)) {
    const name = /([\w-]+\.ts)\(\d+,\d+\): error/.exec(line)?.[1]
    if (name && found[name]) current = found[name]
    if (!current) throw new Error(`the TypeScript compiler said: ${output.slice(0, 2000)}`)
    current.push(line)
  }
  return found
}

function run(args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: packageFile('.'), stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 && output !== '' ? reject(new Error(output)) : resolve(output)))
  })
}
