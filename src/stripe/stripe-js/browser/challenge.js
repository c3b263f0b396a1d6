/** Shows the bank's page over the shop's, until `isOver` says so after one of its steps. */
export function showChallenge(url, isOver) {
  const dialog = document.createElement('dialog')
  const frame = document.createElement('iframe')
  dialog.setAttribute('aria-label', '3-D Secure authentication')
  frame.title = '3-D Secure authentication'
  frame.name = '__stripeJSChallengeFrame'
  style(dialog, { border: '0', padding: '0', 'border-radius': '14px', width: 'min(94vw, 480px)', overflow: 'hidden' })
  style(frame, { border: '0', display: 'block', width: '100%', height: 'min(80vh, 560px)' })
  // Closing the dialog would leave the payment neither passed nor failed.
  dialog.addEventListener('cancel', (event) => event.preventDefault())
  dialog.append(frame)
  document.body.append(dialog)
  return new Promise((resolve) => {
    frame.addEventListener('load', async () => {
      const outcome = await isOver()
      if (!outcome) return
      dialog.remove()
      resolve(outcome)
    })
    frame.src = url
    dialog.showModal()
  })
}

export function style(element, rules) {
  for (const [name, value] of Object.entries(rules)) element.style.setProperty(name, value)
}
