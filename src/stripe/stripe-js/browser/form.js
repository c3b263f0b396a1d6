import { fieldKinds } from './fields.js'
import { formStyle } from './style.js'

let frames = 0

/**
 * A form in a frame of its own, as Stripe's are. The frame is filled by the page's script, so it needs no address, and a page's content
 * policy has nothing to allow. `tell` hears of ready, change, focus and blur.
 */
export function createForm({ compact, countries, fields, look, readOnly, start = {}, tell, title }) {
  const frame = document.createElement('iframe')
  frame.title = title
  frame.name = `__privateStripeFrame${1000 + frames++}`
  for (const [name, value] of [
    ['border', '0'],
    ['width', '100%'],
    ['height', compact ? '24px' : '230px'],
    ['display', 'block'],
  ])
    frame.style.setProperty(name, value)
  let shown = []
  let root

  frame.addEventListener('load', () => {
    const inner = frame.contentDocument
    const sheet = new frame.contentWindow.CSSStyleSheet()
    sheet.replaceSync(formStyle(look, compact))
    inner.adoptedStyleSheets = [sheet]
    inner.documentElement.lang = 'en'
    inner.title = title
    root = inner.createElement('div')
    root.className = compact ? 'row' : 'grid'
    inner.body.append(root)
    show(fields)
    new frame.contentWindow.ResizeObserver(fit).observe(inner.body)
    tell('ready')
  })

  /** Replaces the fields; what was typed stays where a field stays. */
  function show(wanted, before = []) {
    const old = new Map(shown.map((field) => [field.name, field.control.value]))
    shown = Object.entries(wanted).map(([name, kind]) => makeField(name, kind, old.get(name) ?? start[kind] ?? ''))
    root.replaceChildren(...before, ...shown.map(({ element }) => element))
    fit()
  }

  function makeField(name, kind, value) {
    const { autocomplete, isNumeric, label, options, placeholder } = fieldKinds[kind]
    const offered = Object.entries(options ?? {}).filter(([code]) => !countries || countries.includes(code))
    const inner = frame.contentDocument
    const element = inner.createElement('label')
    const control = inner.createElement(options ? 'select' : 'input')
    const caption = inner.createElement('span')
    const problem = inner.createElement('small')
    element.className = `field ${kind}`
    caption.textContent = label
    control.name = name
    control.id = `Field-${name}Input`
    problem.id = `Field-${name}Error`
    problem.setAttribute('role', 'alert')
    if (compact) {
      control.setAttribute('aria-label', kind === 'number' ? 'Credit or debit card number' : label)
      caption.hidden = true
    }
    for (const [code, text] of offered) control.append(new frame.contentWindow.Option(text, code))
    if (!options) {
      control.placeholder =
        compact && kind === 'number' ? 'Card number' : compact && kind === 'postal' ? 'ZIP' : (placeholder ?? '')
      control.autocomplete = autocomplete ?? 'off'
      if (isNumeric) control.inputMode = 'numeric'
      control.value = value
    } else if (value) control.value = value
    control.disabled = readOnly
    const field = { name, kind, control, problem, element, touched: false }
    control.addEventListener('input', () => {
      if (!options) reformat(control, kind)
      mark(field, undefined)
      tell('change')
    })
    control.addEventListener('focus', () => tell('focus'))
    control.addEventListener('blur', () => {
      if (control.value !== '') mark(field, check(field))
      tell('change')
      tell('blur')
    })
    element.append(caption, control, problem)
    return field
  }

  const check = ({ control, kind }) => fieldKinds[kind].check?.(control.value)

  function mark({ control, problem }, error) {
    control.setAttribute('aria-invalid', String(Boolean(error)))
    control.setAttribute('aria-describedby', problem.id)
    problem.textContent = compact ? '' : (error?.message ?? '')
    fit()
  }

  function fit() {
    if (root) frame.style.setProperty('height', `${Math.ceil(root.getBoundingClientRect().height)}px`)
  }

  return {
    frame,
    show,
    /** Typed values by kind of field. */
    values: () => Object.fromEntries(shown.map(({ control, kind }) => [kind, control.value])),
    isEmpty: () => shown.every(({ control, kind }) => kind === 'country' || control.value === ''),
    /** The first thing that is wrong; fields that are merely unfinished count. */
    error: () => shown.map(check).find(Boolean),
    /** The first wrong field that says so already. */
    shownError: () =>
      shown
        .filter(({ control }) => control.getAttribute('aria-invalid') === 'true')
        .map(check)
        .find(Boolean),
    /** Marks every wrong field and goes to the first. */
    markAll() {
      for (const field of shown) mark(field, check(field))
      shown.find(check)?.control.focus()
    },
    clear() {
      for (const field of shown) if (field.kind !== 'country') field.control.value = ''
      tell('change')
    },
    focus: () => shown[0]?.control.focus(),
    blur: () => frame.contentDocument?.activeElement?.blur(),
    setReadOnly(value) {
      for (const { control } of shown) control.disabled = value
    },
  }
}

/** Formats what was typed and leaves the cursor behind the digit it was behind. */
function reformat(control, kind) {
  const formatted = fieldKinds[kind].format(control.value)
  if (formatted === control.value) return
  const isAtEnd = control.selectionStart === control.value.length
  const digits = control.value.slice(0, control.selectionStart ?? 0).replace(/\D/g, '').length
  control.value = formatted
  if (isAtEnd) return
  let at = 0
  for (let seen = 0; seen < digits && at < formatted.length; at++) if (/\d/.test(formatted[at])) seen++
  control.setSelectionRange(at, at)
}
