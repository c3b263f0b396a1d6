// Keeps the parts marked `data-live` up to date. Everything works without this script, after a reload.
const { body } = document
const button = document.getElementById('live-switch')
const search = document.getElementById('search')
let shown = body.dataset.revision
let source
let isBusy = false
let isStale = false
let isLive = true

document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof Element && event.target.closest('input, select, textarea')
  if (event.key === 'Escape' && event.target === search) search.blur()
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping || !search) return
  event.preventDefault()
  search.focus()
  search.select()
})

/** Hidden pages hold no connection: browsers allow only a few to one server. */
function connect() {
  const wanted = isLive && !document.hidden
  if (!wanted) {
    source?.close()
    source = undefined
  } else if (!source) {
    source = new EventSource(body.dataset.liveUrl)
    source.onopen = () => say('Live')
    source.onerror = () => say('Not connected')
    source.onmessage = ({ data }) => update(data)
  }
}

function say(text) {
  button.textContent = text
  button.dataset.state = text === 'Live' ? 'on' : 'off'
}

/** Fetches the page again, once more when something happened meanwhile. */
async function update(revision) {
  if (revision === shown) return
  isStale = true
  if (isBusy) return
  isBusy = true
  try {
    while (isStale && isLive) {
      isStale = false
      const answer = await fetch(location.href, { cache: 'no-store' })
      if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), 'text/html'))
    }
  } catch {
    say('Not connected')
  } finally {
    isBusy = false
  }
}

function take(fresh) {
  shown = fresh.body.dataset.revision
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = fresh.getElementById(part.id)
    if (next && next.innerHTML !== part.dataset.html) replace(part, next)
  }
}

/** Whoever reads or operates the part must not notice: focus, opened details and what was typed stay. */
function replace(part, next) {
  part.dataset.html = next.innerHTML
  const focused = part.contains(document.activeElement) ? keyOf(document.activeElement) : undefined
  const open = new Set([...part.querySelectorAll('details[open]')].map(({ id }) => id))
  const known = new Set([...part.querySelectorAll('[data-key]')].map(({ dataset }) => dataset.key))
  part.className = next.className
  part.innerHTML = next.innerHTML
  for (const details of part.querySelectorAll('details')) if (open.has(details.id)) details.open = true
  for (const row of part.querySelectorAll('[data-key]')) row.classList.toggle('fresh', !known.has(row.dataset.key))
  if (focused)
    [...part.querySelectorAll('a, button, summary, input, select, pre')]
      .find((each) => keyOf(each) === focused)
      ?.focus()
}

/** Clocks that run go on between two updates. */
function tick() {
  for (const face of document.querySelectorAll('[data-ticks]')) {
    face.dataset.ahead ??= String(Number(face.dataset.ticks) - Date.now())
    const now = new Date(Date.now() + Number(face.dataset.ahead)).toISOString()
    face.textContent = `${now.slice(0, 10)} ${now.slice(11, 19)}`
  }
}

const keyOf = (element) =>
  [
    element.tagName,
    element.getAttribute('href'),
    element.id || element.closest('[id]')?.id,
    element.getAttribute('name'),
    element.getAttribute('value'),
  ].join(' ')

if (button && body.dataset.liveUrl) {
  for (const part of document.querySelectorAll('[data-live]')) part.dataset.html = part.innerHTML
  button.hidden = false
  say('Live')
  button.addEventListener('click', () => {
    isLive = !isLive
    button.setAttribute('aria-pressed', String(isLive))
    say(isLive ? 'Live' : 'Paused')
    connect()
  })
  document.addEventListener('visibilitychange', connect)
  addEventListener('pagehide', () => source?.close())
  setInterval(tick, 1000)
  connect()
}
