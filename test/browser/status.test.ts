import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { RunRecord } from '../../src/kernel/record.ts'
import { writeStatusSite } from '../../src/report/html/site.ts'
import { renderStage6Page } from '../../src/report/html/stage6-page.ts'
import { emptyRun, failingRun, historyOf, hostileRun, passingRun } from '../report/runs.ts'
import { need, programOf } from '../support/need.ts'

const runs: Record<string, RunRecord> = {
  pass: { ...passingRun(), gates: passingRun().gates.slice(6) },
  fail: failingRun(),
  empty: emptyRun(),
  hostile: shortened(hostileRun()),
  long: shortened(hostileRun('unbreakable'.repeat(40))),
}
/** A few gates are enough to break a page. */
function shortened(run: RunRecord): RunRecord {
  return { ...run, gates: run.gates.slice(5, 8) }
}

const missing = need('chromium')
let root = ''
let browser: Browser

before(async () => {
  if (missing.skip) return
  root = await mkdtemp(join(tmpdir(), 'gatekit-status-'))
  for (const [name, run] of Object.entries(runs)) await writeProject(join(root, name), run)
  browser = await chromium.launch({
    executablePath: programOf('chromium') ?? 'chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
})

after(async () => {
  if (missing.skip) return
  await browser.close()
  await rm(root, { recursive: true, force: true })
})

/** The status site with everything that it links to, as a run leaves it. */
async function writeProject(project: string, run: RunRecord): Promise<void> {
  await mkdir(join(project, 'docs'), { recursive: true })
  await writeFile(join(project, 'docs/gates.md'), '# Gates\n')
  for (const gate of run.gates) {
    const files = ['tests.txt', 'tests.json', ...gate.checks.flatMap((check) => check.evidence.map(({ path }) => path))]
    if (gate.outDir.startsWith('qa/')) for (const file of files) await writeInto(join(project, gate.outDir, file))
  }
  const dir = join(project, 'qa/status')
  await writeStatusSite({ run, history: run.gates.length > 0 ? historyOf(run) : [], dir })
  await writeFile(
    join(dir, 'stage6_status.html'),
    renderStage6Page(
      { stripeMock: true, stripeTest: false, notifyMode: 'mock', shadowCalls: false },
      { STRIPE_MOCK: 'environment' },
    ),
  )
}

async function writeInto(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, createHash('sha256').update(path).digest('hex'))
}

async function pagesOf(name: string): Promise<string[]> {
  const dir = join(root, name, 'qa/status')
  return (await readdir(dir))
    .filter((file) => file.endsWith('.html'))
    .map((file) => pathToFileURL(join(dir, file)).href)
}

async function withPage<Result>(
  options: { width: number; scheme?: 'light' | 'dark' },
  work: (page: Page) => Promise<Result>,
): Promise<Result> {
  const { width, scheme = 'light' } = options
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: scheme })
  try {
    return await work(await context.newPage())
  } finally {
    await context.close()
  }
}

test(
  'no page breaks its content policy, asks for anything outside its folder, or runs what the system under test wrote',
  missing,
  async () => {
    await withPage({ width: 1280 }, async (page) => {
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`))
      page.on('requestfailed', (request) => complaints.push(`failed ${request.url()}`))
      page.on('request', (request) => {
        if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) complaints.push(request.url())
      })
      for (const name of Object.keys(runs)) {
        for (const url of await pagesOf(name)) {
          await page.goto(url)
          assert.equal(await page.locator('script, iframe, object, img, [style], [onerror]').count(), 0, url)
          assert.equal(await page.evaluate('getComputedStyle(document.body).marginTop'), '0px', url)
        }
      }
      assert.deepEqual(complaints, [])
    })
  },
)

test('the content policy is in force: an inline style and a script are refused', missing, async () => {
  await withPage({ width: 1280 }, async (page) => {
    const [url] = await pagesOf('pass')
    const refused: string[] = []
    page.on('console', (message) => refused.push(message.text()))
    await page.goto(url!)

    await page.evaluate(
      `document.body.insertAdjacentHTML('beforeend', '<p style="color:red">x</p><img src="x" onerror="1">')`,
    )

    assert.match(refused.join('\n'), /style/)
    assert.match(refused.join('\n'), /script/)
  })
})

for (const width of [320, 390, 740, 1000, 1280]) {
  test(`nothing is wider than a window of ${width} pixels, whatever the system under test wrote`, missing, async () => {
    await withPage({ width }, async (page) => {
      for (const url of (await Promise.all(Object.keys(runs).map(pagesOf))).flat()) {
        await page.goto(url)
        await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`)
        const needed = (await page.evaluate('document.documentElement.scrollWidth')) as number
        assert.ok(needed <= width, `${url} needs ${needed} pixels: ${await page.evaluate(widest)}`)
      }
    })
  })
}

const widest = `[...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map((each) => each.outerHTML.slice(0, 120)).join(' ')`

test('paper is wide enough too, and folded parts are printed', missing, async () => {
  await withPage({ width: 700 }, async (page) => {
    await page.emulateMedia({ media: 'print' })
    const folder = join(root, 'fail/qa/status')
    for (const file of ['index.html', 'gate-bundle-a.html', 'history.html']) {
      await page.goto(pathToFileURL(join(folder, file)).href)
      const needed = (await page.evaluate('document.documentElement.scrollWidth')) as number
      assert.ok(needed <= 700, `${file} needs ${needed} pixels: ${await page.evaluate(widest)}`)
    }
    await page.goto(pathToFileURL(join(folder, 'gate-bundle-a.html')).href)
    assert.ok(await page.locator('details .small').first().isVisible())
  })
})

test('every link leads to a file of the run or to https', missing, async () => {
  await withPage({ width: 1280 }, async (page) => {
    for (const name of ['pass', 'fail', 'empty']) {
      for (const url of await pagesOf(name)) {
        await page.goto(url)
        const links = (await page.evaluate(
          `[...document.querySelectorAll('a[href], link[href]')].map((each) => each.href)`,
        )) as string[]
        for (const link of links.filter((each) => !each.startsWith('https://') && !each.startsWith('data:'))) {
          const [path = '', anchor] = link.split('#')
          assert.ok(existsSync(fileURLToPath(path)), `${link} on ${url}`)
          if (anchor && path === url) assert.equal(await page.locator(`[id="${anchor}"]`).count(), 1, link)
        }
      }
    }
  })
})

test('a check that is in the way is one click from its full story', missing, async () => {
  await withPage({ width: 390 }, async (page) => {
    await page.goto(pathToFileURL(join(root, 'fail/qa/status/index.html')).href)

    await page.getByRole('link', { name: 'bundle-a/rate_limit' }).click()

    assert.match(page.url(), /gate-bundle-a\.html#check-rate_limit$/)
    assert.ok(await page.locator('#check-rate_limit').getByText('curl -sS').isVisible())
  })
})

test(
  'the keyboard reaches every link and every fold, in order, with a visible mark, the skip link first',
  missing,
  async () => {
    await withPage({ width: 1280 }, async (page) => {
      await page.goto(pathToFileURL(join(root, 'fail/qa/status/gate-bundle-a.html')).href)
      const count = await page.locator('a[href]:visible, summary:visible, pre:visible').count()
      const seen: string[] = []
      for (let index = 0; index < count; index++) {
        await page.keyboard.press('Tab')
        const focus = (await page.evaluate(`(() => {
        const each = document.activeElement
        const style = getComputedStyle(each)
        return { text: each.textContent.trim(), outline: style.outlineStyle + style.outlineWidth, top: each.getBoundingClientRect().top + scrollY }
      })()`)) as { text: string; outline: string }
        assert.equal(focus.outline, 'solid3px', focus.text)
        seen.push(focus.text)
      }
      assert.equal(seen[0], 'Skip to the content')
      assert.ok(seen.some((text) => text.startsWith('PASS auth_required')))
      assert.equal(new Set(seen).size, seen.length)

      await page.locator('summary').first().focus()
      await page.keyboard.press('Enter')
      assert.equal(await page.locator('details[open]').count(), 1)
    })
  },
)

for (const scheme of ['light', 'dark'] as const) {
  test(`in the ${scheme} scheme all text has a contrast of at least 4.5 to 1`, missing, async () => {
    await withPage({ width: 1280, scheme }, async (page) => {
      const paper: string[] = []
      for (const url of (await Promise.all(['pass', 'fail', 'empty'].map(pagesOf))).flat()) {
        await page.goto(url)
        await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`)
        assert.deepEqual(await page.evaluate(faintTexts), [], url)
        paper.push((await page.evaluate('getComputedStyle(document.body).backgroundColor')) as string)
      }
      assert.deepEqual([...new Set(paper)], [scheme === 'light' ? 'rgb(243, 245, 246)' : 'rgb(14, 18, 21)'])
    })
  })
}

/** Contrast as WCAG 2 defines it, for each element that holds text itself, against the nearest background that is not transparent. */
const faintTexts = `(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number)
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).map((each) => each / 255).map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const backgroundOf = (each) => {
    for (let at = each; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor
      if (channels(colour)[3] !== 0) return colour
    }
    return 'rgb(255, 255, 255)'
  }
  const found = []
  for (const each of document.querySelectorAll('body *')) {
    if (![...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue
    if (each.closest('svg') || each.getClientRects().length === 0) continue
    const [high, low] = [luminance(getComputedStyle(each).color), luminance(backgroundOf(each))].sort((a, b) => b - a)
    const contrast = (high + 0.05) / (low + 0.05)
    if (contrast < 4.5) found.push(each.textContent.trim().slice(0, 40) + ' ' + contrast.toFixed(2))
  }
  return found
})()`

test(
  'a screen reader finds landmarks, one heading of the first level, labelled regions and tables with captions',
  missing,
  async () => {
    await withPage({ width: 1280 }, async (page) => {
      for (const url of (await Promise.all(['pass', 'fail', 'empty'].map(pagesOf))).flat()) {
        await page.goto(url)
        for (const role of ['banner', 'main', 'contentinfo'] as const)
          assert.equal(await page.getByRole(role).count(), 1, url)
        assert.equal(await page.locator('h1').count(), 1, url)
        assert.equal(await page.locator('html[lang=en]').count(), 1, url)
        assert.equal(await page.locator('table:not(:has(caption))').count(), 0, url)
        assert.equal(await page.locator('section:not([aria-labelledby])').count(), 0, url)
        assert.equal(await page.locator('svg:not([aria-hidden]):not([role=img][aria-label])').count(), 0, url)
        assert.equal(await page.locator('meta[name=robots][content*=noindex]').count(), 1, url)
        const ids = (await page.evaluate(`[...document.querySelectorAll('[id]')].map((each) => each.id)`)) as string[]
        assert.equal(new Set(ids).size, ids.length, `${url} has an id twice`)
        const levels = (await page.evaluate(
          `[...document.querySelectorAll('h1,h2,h3,h4')].map((each) => Number(each.tagName[1]))`,
        )) as number[]
        levels.reduce((previous, level) => {
          assert.ok(level <= previous + 1, `${url}: a heading of level ${level} after one of level ${previous}`)
          return level
        }, 0)
      }
    })
  },
)
