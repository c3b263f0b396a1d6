import { html, type Markup } from '../../../report/html/markup.ts'
import { oneLine } from '../../../report/plain-text.ts'
import { faultEffects } from '../../../stripe/faults/rule.ts'
import { tableOf } from '../find.ts'
import type { Page } from '../page.ts'
import { facts, live, nothing, section } from '../rows.ts'
import { rulingAccount, type View } from '../view.ts'
import { clockFace } from '../words.ts'

const steps: [string, string][] = [
  ['1h', '1 hour'],
  ['1d', '1 day'],
  ['7d', '1 week'],
  ['31d', '31 days'],
]

/** The account's clock, and what goes wrong by rule. */
export function clockPage(view: View): Page {
  const main = html`<h1>Clock and faults</h1>
    ${section('clock', 'Clock', clockForms(view))}
    ${section('faults', 'Faults', faultForms(view))}`
  return { title: 'Clock and faults', section: 'clock', main }
}

function clockForms(view: View): Markup {
  const { server } = view.source
  const { clock } = rulingAccount(server.accounts, view.account)
  const isFrozen = clock.state().frozenAt !== undefined
  const testClocks = tableOf(view.account, 'test_helpers.test_clock')?.size ?? 0
  const action = view.href('/clock')
  return html`<p class="note">Retries of webhooks, payments that settle later, renewals and trials go by it.</p>
    ${live(
      'clock-facts',
      html`${facts({
        Now: html`<strong>${clockFace(clock)}</strong>`,
        'It is': isFrozen ? 'standing still' : 'running',
        'From real time': distance(clock.now() - server.clock.now()),
        'Test clocks':
          testClocks > 0 && html`<a href="${view.href('/objects/test_helpers.test_clock')}">${testClocks}</a>`,
      })}
    <form method="post" action="${action}" class="actions" aria-label="Turn the clock"><span class="group">${steps.map(([value, label]) => html`<button name="advance" value="${value}">+ ${label}</button>`)}</span>
      <button name="${isFrozen ? 'resume' : 'freeze'}" value="true">${isFrozen ? 'Let it run' : 'Stop it'}</button></form>`,
    )}
    <form class="filter" method="post" action="${action}"><label>Or advance by <input name="advance" placeholder="1d12h" required pattern="(\\d+(ms|s|m|h|d))+" autocomplete="off" spellcheck="false" size="10"></label><button>Advance</button></form>
    <form class="filter" method="post" action="${action}"><label>Or set it to <input name="set" type="datetime-local" step="1" required value="${new Date(clock.now()).toISOString().slice(0, 19)}"></label> <span>UTC</span> <button>Set</button></form>`
}

function distance(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000)
  if (seconds < 2) return 'none'
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  const shown = parts.filter(([amount]) => amount > 0).slice(0, 2)
  return `${shown.map(([amount, unit]) => `${amount}${unit}`).join(' ')} ${ms > 0 ? 'ahead' : 'behind'}`
}

const effects: Record<string, string> = {
  '401': 'answer 401, the key is not known',
  '409': 'answer 409, the key is in use',
  '429': 'answer 429, too many requests',
  rate_limit: 'answer 429, the limit is reached',
  lock_timeout: 'answer 429, the object is locked',
  '500': 'answer 500, after the parameters were read',
  hang: 'never answer',
  drop: 'cut the connection, do nothing',
  'perform-then-drop': 'do it, then cut the connection',
  'slow:2000': 'answer two seconds late',
}

function faultForms(view: View): Markup {
  const { faults } = rulingAccount(view.source.server.accounts, view.account)
  const list = faults.list()
  const table = html`<ul class="faults">${list.map(
    ({ on, nth, times, then, seen, met }) =>
      html`<li><code>${oneLine(on)}</code> <strong>${then}</strong> <span>${times === null ? `all from number ${nth} on` : times === 1 ? `number ${nth}` : `${times} in a row from number ${nth} on`}; ${seen} seen, ${met} met</span></li>`,
  )}</ul>
    <form class="filter" method="post" action="${view.href('/faults/clear')}"><button>Remove all</button></form>`
  return html`<p class="note">By rule and never by chance: the second refund fails, every time.</p>
    ${live('fault-list', list.length === 0 ? nothing('Nothing goes wrong.') : table)}
    <form class="filter" method="post" action="${view.href('/faults')}">
      <label>On <input name="on" list="calls" placeholder="POST /v1/refunds" required autocomplete="off" spellcheck="false"></label>
      <datalist id="calls"><option value="POST /v1/payment_intents"><option value="POST /v1/payment_intents/{intent}/confirm"><option value="POST /v1/refunds"><option value="POST /v1/checkout/sessions"><option value="* /v1/*"></datalist>
      <label>Number <input name="nth" type="number" min="1" value="1" required></label>
      <label>How often <select name="times"><option value="1">once</option><option value="2">twice</option><option value="5">5 times</option><option value="always">from then on</option></select></label>
      <label>Then <select name="then">${[...faultEffects, 'slow:2000'].map((effect) => html`<option value="${effect}">${effects[effect] ?? effect}</option>`)}</select></label>
      <button>Add</button></form>`
}
