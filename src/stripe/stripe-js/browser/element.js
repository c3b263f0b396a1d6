import { findTarget, integrationError } from './api.js'
import { brandOf } from './fields.js'
import { createForm } from './form.js'
import { createListeners } from './listeners.js'
import { forms, paymentTypes, withPostalCode } from './methods.js'

/** One element of a page: a form in a frame with Stripe's methods and events. `types` are what a Payment Element offers. */
export function createElement(type, options, { has, look, types }) {
  const kind = forms[type]
  if (!kind)
    throw integrationError(
      `A valid Element name must be provided. The sandbox knows: ${Object.keys(forms).join(', ')}; you specified: ${type}.`,
    )
  const listeners = createListeners(() => element)
  let place
  let form
  let method = 'card'
  let told = ''

  const { emit } = listeners

  function fieldsNow() {
    if (kind.fieldsFor) return kind.fieldsFor(options)
    if (type !== 'payment') return options.hidePostalCode ? without(kind.fields, 'postal') : kind.fields
    const wanted = { ...paymentTypes[method].fields }
    const { address, email, name } =
      typeof options.fields?.billingDetails === 'object' ? options.fields.billingDetails : {}
    const never = options.fields?.billingDetails === 'never'
    if (never || address === 'never' || address?.country === 'never') delete wanted.country
    if (never || address === 'never' || address?.postalCode === 'never') delete wanted.postalCode
    if (never || name === 'never') delete wanted.name
    if (never || email === 'never') delete wanted.email
    if (has('linkAuthentication')) delete wanted.email
    if (has('address', 'billing')) for (const name of ['country', 'postalCode', 'name']) delete wanted[name]
    const country = form?.values().country || 'US'
    if (wanted.country && !withPostalCode.includes(country)) delete wanted.postalCode
    return wanted
  }

  function hear(what) {
    if (what !== 'change') return what === 'ready' ? ready() : focusChanged(what)
    if (type === 'payment') keepFields()
    const state = stateNow()
    if (state.text === told) return
    told = state.text
    mark(state)
    emit('change', state.event)
  }

  let names = ''
  function keepFields() {
    const fields = fieldsNow()
    if (names === Object.keys(fields).join()) return
    names = Object.keys(fields).join()
    const isCountryFocused = form.frame.contentDocument.activeElement?.name === 'country'
    form.show(fields, tabs())
    if (isCountryFocused) form.frame.contentDocument.querySelector('[name=country]').focus()
  }

  async function ready() {
    if (type === 'payment') {
      const offered = await types()
      method = offered[0] ?? 'card'
      keepFields()
    }
    emit('loaderstart', { elementType: type })
    emit('ready', { elementType: type })
  }

  /** Buttons for the types of payment method, where there are several. */
  function tabs() {
    const offered = types.known ?? ['card']
    if (offered.length < 2) return []
    const inner = form.frame.contentDocument
    const list = inner.createElement('div')
    list.className = 'tabs'
    list.setAttribute('role', 'tablist')
    for (const each of offered) {
      const button = inner.createElement('button')
      button.type = 'button'
      button.id = `${each}-tab`
      button.textContent = paymentTypes[each].label
      button.setAttribute('role', 'tab')
      button.setAttribute('aria-selected', String(each === method))
      button.addEventListener('click', () => {
        method = each
        names = ''
        hear('change')
        inner.getElementById(`${each}-tab`)?.focus()
      })
      list.append(button)
    }
    return [list]
  }

  function focusChanged(what) {
    place?.classList.toggle('StripeElement--focus', what === 'focus')
    emit(what, { elementType: type })
  }

  function stateNow() {
    const error = kind.isCompact ? form.shownError() : undefined
    const event = { elementType: type, empty: form.isEmpty(), complete: !form.error(), collapsed: false }
    if (kind.isCompact) Object.assign(event, { error, brand: brandOf(form.values().number ?? '') })
    else if (kind.describe) Object.assign(event, kind.describe(form.values(), options))
    else event.value = { type: method }
    return { event, text: JSON.stringify(event) }
  }

  function mark({ event }) {
    place?.classList.toggle('StripeElement--complete', event.complete)
    place?.classList.toggle('StripeElement--empty', event.empty)
    place?.classList.toggle('StripeElement--invalid', Boolean(event.error))
  }

  const element = {
    mount(where) {
      const target = findTarget(where)
      if (form) element.unmount()
      place = target
      place.classList.add('StripeElement', 'StripeElement--empty')
      const base = options.style?.base
      form = createForm({
        compact: kind.isCompact === true,
        countries: options.allowedCountries,
        fields: fieldsNow(),
        look: { ...look, ...(base && { base }) },
        readOnly: Boolean(options.disabled ?? options.readOnly),
        start: kind.startOf?.(options),
        tell: hear,
        title: kind.title,
      })
      place.replaceChildren(form.frame)
      return element
    },
    unmount() {
      form?.frame.remove()
      place?.classList.remove(
        'StripeElement',
        'StripeElement--empty',
        'StripeElement--complete',
        'StripeElement--invalid',
      )
      form = undefined
      names = ''
    },
    destroy() {
      element.unmount()
      listeners.clear()
    },
    ...listeners.methods,
    update(changes) {
      options = { ...options, ...changes }
      form?.setReadOnly(Boolean(options.disabled ?? options.readOnly))
      return element
    },
    clear: () => form?.clear(),
    focus: () => form?.focus(),
    blur: () => form?.blur(),
    collapse() {},
    ...(type === 'address' && {
      async getValue() {
        const { complete, isNewAddress, value } = stateNow().event
        return { complete, isNewAddress, value }
      },
    }),
  }
  /** What the rest of the stand-in asks of an element; not for pages. */
  const inside = {
    type,
    mode: options.mode,
    method: () => method,
    /** Another element of the group now asks for what this one asked for. */
    refresh() {
      if (type === 'payment' && form?.frame.contentDocument?.body.firstChild) keepFields()
    },
    values: () => form?.values() ?? {},
    /** The first error, shown in the form. */
    validate() {
      if (!form)
        throw integrationError(
          'We could not retrieve data from the specified Element. Please make sure the Element you are attempting to use is still mounted.',
        )
      const error = form.error()
      if (error) form.markAll()
      if (error) hear('change')
      return error
    },
  }
  return { element, inside }
}

const without = (fields, name) => Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name))
