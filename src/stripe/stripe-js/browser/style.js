const themes = {
  light: { text: '#30313d', soft: '#5c6270', paper: '#fff', edge: '#8a92a0', brand: '#0570de', wrong: '#c0123c' },
  night: { text: '#fff', soft: '#b4b9c4', paper: '#30313d', edge: '#7b818e', brand: '#85d0ff', wrong: '#ff9aab' },
}

const safe = (value, otherwise) => (/^[\w #%.,()'"-]+$/.test(value ?? '') ? value : otherwise)

/** The style of a form, from `appearance` of elements or `style.base` of a card element. */
export function formStyle({ base = {}, theme, variables = {} }, compact) {
  const colors = themes[theme === 'night' ? 'night' : 'light']
  const text = safe(base.color ?? variables.colorText, colors.text)
  const size = safe(base.fontSize ?? variables.fontSizeBase, '16px')
  const family = safe(base.fontFamily ?? variables.fontFamily, 'system-ui, sans-serif')
  const brand = safe(variables.colorPrimary, colors.brand)
  const wrong = safe(variables.colorDanger, colors.wrong)
  const placeholder = safe(base['::placeholder']?.color, colors.soft)
  const shared = `
    * { box-sizing: border-box; }
    html { color-scheme: ${theme === 'night' ? 'dark' : 'light'}; background: transparent; }
    body { margin: 0; font: ${size} / 1.4 ${family}; color: ${text}; background: transparent; overflow: hidden; }
    input, select, button { font: inherit; color: inherit; min-width: 0; width: 100%; }
    ::placeholder { color: ${placeholder}; opacity: 1; }
    [hidden] { display: none; }
    [aria-invalid="true"] { color: ${wrong}; }`
  if (compact)
    return `${shared}
    .row { display: flex; flex-wrap: wrap; gap: 4px 8px; }
    .field { flex: 1 1 44px; }
    .field.number { flex: 4 1 178px; }
    .field.expiry { flex-basis: 70px; }
    .field.postal { flex-basis: 60px; }
    input { border: 0; padding: 0; height: 24px; background: transparent; outline: none; }
    input:focus-visible { box-shadow: 0 2px 0 ${brand}; }
    small { display: none; }`
  return `${shared}
    .grid { display: grid; grid-template-columns: 1fr 1fr; gap: 0 12px; padding: 4px; }
    .field { display: grid; gap: 4px; align-content: start; grid-column: 1 / -1; }
    .field.expiry, .field.cvc { grid-column: auto; }
    .field span { font-size: 0.9em; color: ${text}; }
    input, select { min-height: 44px; padding: 10px 12px; border: 1px solid ${colors.edge}; border-radius: ${safe(variables.borderRadius, '5px')}; background: ${safe(variables.colorBackground, colors.paper)}; }
    input:focus-visible, select:focus-visible, button:focus-visible { outline: 3px solid ${brand}; outline-offset: 0; }
    [aria-invalid="true"] { border-color: ${wrong}; }
    /* The room for a message is always there: a button below must not move away under the finger that leaves a field. */
    small { color: ${wrong}; font-size: 0.85em; min-height: 1.4em; }
    .tabs { grid-column: 1 / -1; display: flex; margin-bottom: 12px; flex-wrap: wrap; gap: 8px; }
    .tabs button { flex: 1 1 100px; min-height: 44px; border: 1px solid ${colors.edge}; border-radius: 5px; background: ${colors.paper}; cursor: pointer; }
    .tabs [aria-selected="true"] { border-color: ${brand}; box-shadow: 0 0 0 1px ${brand}; font-weight: 600; }`
}
