import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Starts `gatekit serve` on a free port and resolves with the address of its Stripe API when it is ready. */
export async function startSandbox() {
  const child = spawn('npx', ['gatekit', 'serve', '--only', 'stripe', '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  for await (const line of createInterface({ input: child.stdout })) {
    const stop = async () => {
      // The whole group: npx starts the sandbox as a child of its own.
      process.kill(-child.pid, 'SIGTERM')
      await ended
    }
    return { url: JSON.parse(line).stripe, stop }
  }
  throw new Error('gatekit did not start')
}

/** Pays at the hosted checkout page as a browser does: opens it, fills the form, sends it. Resolves with the page that follows. */
export async function payAt(page, card = '4242424242424242') {
  const html = await (await fetch(page)).text()
  const action = /<form method="post" action="([^"]+)"/.exec(html)[1]
  const form = { email: 'ada@example.com', number: card, expiry: '12 / 34', cvc: '123', name: 'Ada Lovelace' }
  return fetch(new URL(action, page), { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
}

/** Asks until the answer is the wanted one, or five seconds are over: webhooks take their time. */
export async function eventually(ask, isWanted) {
  const until = Date.now() + 5000
  for (;;) {
    const answer = await ask()
    if (isWanted(answer) || Date.now() > until) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
