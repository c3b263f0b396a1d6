import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Board, startBoard, startReceiver } from '../sandbox/dashboard/board.ts'
import { launchBrowser } from '../support/browser.ts'
import { need } from '../support/need.ts'

const missing = need('chromium')
let board: Board
let browser: Browser
let receiver: Awaited<ReturnType<typeof startReceiver>>

before(async () => {
  if (missing.skip) return
  board = await startBoard()
  receiver = await startReceiver()
  browser = await launchBrowser()
  const { stripe } = board
  await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] })
  await stripe.customers.create({ name: '<img src=x onerror=alert(1)>', metadata: { note: 'unbreakable'.repeat(40) } })
  await stripe.customers.create({ email: 'ada@example.com' }, { idempotencyKey: 'key'.repeat(60) })
  await stripe.charges.retrieve('ch_nope').catch(() => {})
  await board.sandbox.server.webhooks.idle()
})

after(async () => {
  if (missing.skip) return
  await browser.close()
  receiver.close()
  await board.close()
})

interface Looks {
  width?: number
  colorScheme?: 'light' | 'dark'
  javaScriptEnabled?: boolean
}

/** Opens a page; `problems` collects what the browser complains about, violations of the content security policy included. */
async function open(path: string, { width = 1280, ...looks }: Looks = {}): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, ...looks })
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  await page.goto(board.url + path)
  return { page, problems }
}

const close = (page: Page): Promise<void> => page.context().close()

async function allPaths(): Promise<string[]> {
  const { stripe } = board
  const customer = (await stripe.customers.list()).data.at(-1)!
  const event = (await stripe.events.list()).data[0]!
  const request = customer && (await stripe.customers.retrieve(customer.id)).lastResponse.requestId
  return [
    '/',
    '/objects',
    '/objects/customer',
    `/objects/customer/${customer.id}`,
    '/objects?q=ada',
    '/events',
    `/events/${event.id}`,
    '/requests',
    `/requests/${request}`,
    '/webhooks',
    '/clock',
    '/api?word=refund',
    '/api/Refunds.create',
  ]
}

for (const colorScheme of ['light', 'dark'] as const)
  test(`${colorScheme}: no page breaks its own policy, scrolls sideways or has faint text`, missing, async () => {
    const { page, problems } = await open('/', { colorScheme })
    for (const path of await allPaths()) {
      await page.setViewportSize({ width: 1280, height: 900 })
      await page.goto(board.url + path)
      await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`)
      const faint = await page.evaluate(faintTexts)
      const onDesk = await page.evaluate(overflow)
      await page.setViewportSize({ width: 390, height: 844 })
      const onPhone = await page.evaluate(overflow)
      const repeated = await page.evaluate(repeatedIds)
      const found = { path, faint, onDesk, onPhone, repeated }
      assert.deepEqual(found, { path, faint: [], onDesk: 0, onPhone: 0, repeated: [] })
    }
    assert.deepEqual(problems, [])
    await close(page)
  })

test('the policy of a page refuses scripts and styles that came in as text', missing, async () => {
  const { page, problems } = await open('/')
  await page.evaluate(
    `document.body.insertAdjacentHTML('beforeend', '<p style="color:red">x</p><img src="x" onerror="1">')`,
  )
  await page.locator('img').waitFor({ state: 'attached' })

  assert.match(problems.join(), /Content Security Policy/)
  await close(page)
})

const isFocused = (selector: string): string => `document.activeElement === document.querySelector('${selector}')`

const overflow = 'document.documentElement.scrollWidth - innerWidth'

const repeatedIds = `[...document.querySelectorAll('[id]')].map((each) => each.id).filter((id, at, all) => all.indexOf(id) !== at)`

/** Texts whose contrast with the ground behind them is below 4.5. */
const faintTexts = `(() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number)
  const light = (color) => {
    const [r, g, b] = color.slice(0, 3).map((value) => {
      const part = value / 255
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgb(getComputedStyle(at).backgroundColor)
      if (color.length === 3 || color[3] > 0.99) return color
    }
    return [255, 255, 255]
  }
  return [...document.querySelectorAll('body *')].filter((element) => {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue.trim() !== '')
    if (!hasText || element.getClientRects().length === 0) return false
    const [low, high] = [light(rgb(getComputedStyle(element).color)), light(groundOf(element))].sort((a, b) => a - b)
    return (high + 0.05) / (low + 0.05) < 4.5
  }).map((element) => element.className + ': ' + element.textContent.trim().slice(0, 40))
})()`

test('a page shows what happens while it is open, and keeps where the reader is', missing, async () => {
  const { page, problems } = await open('/')
  const all = page.locator('#latest-requests .all a')
  await all.focus()

  const product = await board.stripe.products.create({ name: 'Made while you look' })

  await page.locator(`tr[data-key="${product.lastResponse.requestId}"].fresh`).waitFor()
  await page.locator('#object-counts a', { hasText: 'product' }).waitFor()
  assert.equal(await page.evaluate(isFocused('#latest-requests .all a')), true)
  assert.deepEqual(problems, [])
  await close(page)
})

test('a page that was paused stays as it is, and catches up when it goes on', missing, async () => {
  const { page } = await open('/objects/coupon')
  const button = page.locator('#live-switch')
  await button.click()
  assert.equal(await button.textContent(), 'Paused')

  const coupon = await board.stripe.coupons.create({ percent_off: 5, duration: 'once' })
  assert.equal(await page.locator(`tr[data-key="${coupon.id}"]`).count(), 0)
  await button.click()

  await page.locator(`tr[data-key="${coupon.id}"]`).waitFor()
  await close(page)
})

test(
  'everything is reached by keyboard: the skip link first, the search with a slash, an object with enter',
  missing,
  async () => {
    const { page } = await open('/events')
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the content')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate('document.activeElement.id'), 'main')

    await page.keyboard.press('/')
    await page.keyboard.type('ada@example.com')
    await page.keyboard.press('Enter')
    const result = page.locator('.row-main a')
    await result.waitFor()
    for (let tabs = 0; tabs < 30 && !(await page.evaluate(isFocused('.row-main a'))); tabs++)
      await page.keyboard.press('Tab')
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
    await page.keyboard.press('Enter')
    await page.locator('h1.id').waitFor()

    assert.equal(outline, 'solid')
    await close(page)
  },
)

test('an event is sent again from its page, and the new attempt appears there', missing, async () => {
  const [event] = (await board.stripe.events.list({ limit: 1 })).data
  await board.sandbox.server.webhooks.idle()
  const { page, problems } = await open(`/events/${event?.id}`)
  const before = await page.locator('.card').count()

  await page.getByRole('button', { name: 'Send this event again' }).click()
  await page.locator(`#attempt-${before + 1}`).waitFor()

  assert.match((await page.locator('[role=status]').textContent()) ?? '', /on its way again/)
  await page.locator(`#attempt-${before + 1} summary`).click()
  assert.match((await page.locator(`#attempt-${before + 1}`).textContent()) ?? '', /v1=[0-9a-f]{64}/)
  assert.deepEqual(problems, [])
  await close(page)
})

test('without scripts it works the same: pages, search, and forms', missing, async () => {
  const { page } = await open('/clock', { javaScriptEnabled: false })
  const before = board.sandbox.clock.now()
  await page.getByRole('button', { name: '+ 1 day' }).click()
  assert.match((await page.locator('#clock-facts').textContent()) ?? '', /1d ahead/)
  await page.locator('#search').fill('ada@')
  await page.getByRole('button', { name: 'Find' }).click()
  assert.equal(await page.locator('.row-main').count(), 1)
  assert.equal(await page.locator('#live-switch').isVisible(), false)
  assert.equal(board.sandbox.clock.now(), before)
  await close(page)
})

test('the clock is set to a date, and a secret is rolled, without a mouse', missing, async () => {
  const { page, problems } = await open('/clock')
  await page.getByLabel('Or set it to').focus()
  await page.getByLabel('Or set it to').fill('2031-05-06T07:08:09')
  await page.keyboard.press('Enter')
  await page.getByRole('status').waitFor()
  assert.match((await page.locator('#clock-facts').textContent()) ?? '', /2031-05-06 07:08/)

  await page.goto(`${board.url}/webhooks`)
  await page.getByRole('button', { name: 'Roll' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText(/The new one is whsec_/).waitFor()
  assert.match((await page.locator('#endpoint-list').textContent()) ?? '', /the second until/)
  assert.deepEqual(problems, [])
  await close(page)
})
