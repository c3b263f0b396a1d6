import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type Stripe from 'stripe'
import { launchBrowser } from '../../support/browser.ts'
import { type Sandbox, startSandbox } from '../../support/stripe.ts'

export interface Pages {
  sandbox: Sandbox
  browser: Browser
  /** A site of somebody else, to come back to. */
  shopUrl: string
  client(): Stripe
  /** Opens a page with scripts switched off, unless said otherwise: the pages must not need any. Complaints of the browser fail the test. */
  visit(url: string | null, run: (page: Page) => Promise<void>, options?: BrowserContextOptions): Promise<void>
  close(): Promise<void>
}

/** A sandbox, a browser and a shop; `serve` answers the shop's pages. */
export async function openPages(serve: (url: string) => string = () => '<h1>The shop</h1>'): Promise<Pages> {
  const sandbox = await startSandbox()
  const browser = await launchBrowser()
  const shop = createServer((request, response) =>
    response.setHeader('content-type', 'text/html; charset=utf-8').end(serve(request.url ?? '/')),
  )
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  return {
    sandbox,
    browser,
    shopUrl: `http://127.0.0.1:${(shop.address() as AddressInfo).port}`,
    client: () => sandbox.client(),
    async visit(url, run, options = {}) {
      const context = await browser.newContext({ javaScriptEnabled: false, ...options })
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      await page.goto(url ?? '')
      await run(page)
      await context.close()
      assert.deepEqual(complaints, [])
    },
    async close() {
      await browser.close()
      await sandbox.server.close()
      shop.closeAllConnections()
      shop.close()
    },
  }
}

/** Fills in the card form of a hosted page and presses its button. */
export async function payWithCard(page: Page, number: string, button: string): Promise<void> {
  const email = page.getByLabel('Email')
  if (await email.count()) await email.fill('ann@example.com')
  await page.getByLabel('Card number').fill(number)
  await page.getByLabel('Expiry date').fill('12 / 34')
  await page.getByLabel('Security code').fill('123')
  await page.getByLabel('Name on card').fill('Ann Example')
  await page.getByRole('button', { name: button, exact: true }).click()
}
