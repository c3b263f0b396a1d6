// Lists the test files (Node 20 has no globs for --test) and runs them: `npm test`, `npm test -- outbox` for the files whose path has that word.
// In CI a busy machine is no evidence against a release: one or two files with a failure play again alone, and a second failure counts. What passed only then is named.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'

const mostReplays = 2

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const flags = process.argv.slice(2).filter((word) => word.startsWith('--'))
const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => join('test', file))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()
if (files.length === 0) {
  console.error(`no test file matches: ${words.join(' ')}`)
  process.exit(1)
}

const notes = mkdtempSync(join(tmpdir(), 'gatekit-tests-'))
process.on('exit', () => rmSync(notes, { recursive: true, force: true }))
const failedList = join(notes, 'failed.txt')
const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout']
const listing = ['--test-reporter=./scripts/failed-files.js', `--test-reporter-destination=${failedList}`]

const play = (chosen, concurrency) =>
  new Promise((done) => {
    const args = ['--import', 'tsx', '--test', `--test-concurrency=${concurrency}`, ...reporters, ...listing, ...flags]
    const child = spawn(process.execPath, [...args, ...chosen], { stdio: 'inherit' })
    child.on('exit', (code, signal) => done(signal ? 1 : (code ?? 1)))
  })

const failed = () => {
  const lines = readFileSync(failedList, 'utf8').split('\n').filter(Boolean)
  return [...new Set(lines.map((file) => relative('.', resolve(file))))]
}

const code = await play(files, 2)
const again = code === 0 || process.env.CI !== 'true' ? [] : failed()
if (again.length === 0 || again.length > mostReplays || again.some((file) => !files.includes(file))) process.exit(code)
console.log(`\nPLAYED AGAIN, alone: ${again.join(', ')}\n`)
const second = await play(again, 1)
if (second === 0)
  console.log(
    `\nFLAKY: ${again.join(', ')} failed above and passed alone. That is a bug of the test or worse: fix it.\n`,
  )
process.exit(second)
