import { SaxesParser } from 'saxes'
import { clipped } from '../expect/shown.ts'
import { parseTimestamp } from '../expect/timestamp.ts'
import { BrokenReport, emptyTally, type Tally } from './tally.ts'

interface Element {
  name: string
  attributes: Record<string, string>
}

/** A test case that is being read. */
interface Case {
  name: string
  outcome: 'passed' | 'failed' | 'skipped'
  message: string
}

/** A suite that is open, with the counts at its beginning: what was added since is what it holds. */
interface Suite extends Element {
  tests: number
  failed: number
}

/**
 * Reads a JUnit XML report. There is no one schema; the common ground of its writers is testsuites > testsuite > testcase with failure,
 * error and skipped. Strict where a lenient reader would turn a broken run green: the XML must be well-formed to the end, a suite must
 * list as many tests as it declares, and declared failures count even where no test case shows them.
 */
export function parseJunit(text: string): Tally {
  const tally = emptyTally()
  const suites: Suite[] = []
  let current: Case | undefined
  let depth = 0
  let written = 0

  const open = ({ name, attributes }: Element) => {
    if (depth++ === 0 && name !== 'testsuites' && name !== 'testsuite') {
      throw new BrokenReport(`the root element is <${name}>, not <testsuites> or <testsuite>`)
    }
    if (name === 'testsuites' || name === 'testsuite') {
      suites.push({ name, attributes, tests: tally.tests, failed: tally.failed })
      written = Math.max(written, parseTimestamp(attributes['timestamp'])?.ms ?? 0)
    }
    if (name === 'testcase') current = beginCase(attributes)
    if (!current || (name !== 'failure' && name !== 'error' && name !== 'skipped')) return
    if (name === 'skipped') {
      if (current.outcome === 'passed') current.outcome = 'skipped'
      return
    }
    current.outcome = 'failed'
    current.message ||= clipped(attributes['message'] ?? attributes['type'] ?? name)
  }

  const close = (name: string) => {
    depth--
    if (name === 'testcase' && current) {
      count(tally, current)
      current = undefined
    }
    if (name === 'testsuites' || name === 'testsuite') endSuite(suites.pop()!, tally)
  }

  readXml(text, open, close)
  return written > 0 ? { ...tally, writtenMs: written } : tally
}

function readXml(text: string, open: (element: Element) => void, close: (name: string) => void): void {
  const parser = new SaxesParser({ xmlns: false, position: true })
  parser.on('error', (error) => {
    throw new BrokenReport(`the XML is not well-formed: ${clipped(error.message)}`)
  })
  parser.on('opentag', open)
  parser.on('closetag', ({ name }) => close(name))
  parser.write(text).close()
}

function beginCase(attributes: Record<string, string>): Case {
  const { name = '', classname = '', status = '', result = '' } = attributes
  const isSkipped = /^(?:notrun|skipped|disabled)$/i.test(status) || /^(?:suppressed|skipped)$/i.test(result)
  return { name: [classname, name].filter(Boolean).join(' '), outcome: isSkipped ? 'skipped' : 'passed', message: '' }
}

function count(tally: Tally, { name, outcome, message }: Case): void {
  tally.tests++
  tally[outcome]++
  if (outcome === 'failed') tally.failures.push({ name: clipped(name, 120), message })
}

function endSuite({ attributes, tests, failed }: Suite, tally: Tally): void {
  const name = clipped(attributes['name'] ?? 'report', 80)
  const declared = numberOf(attributes['tests'])
  const listed = tally.tests - tests
  if (declared > listed) throw new BrokenReport(`${name} declares ${declared} tests and lists ${listed}`)
  const missing = numberOf(attributes['failures']) + numberOf(attributes['errors']) - (tally.failed - failed)
  for (let index = 0; index < Math.min(missing, 1000); index++) {
    tally.failed++
    tally.failures.push({ name, message: 'declared by the suite, not shown by a test case' })
  }
}

const numberOf = (text = '0'): number => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : 0)
