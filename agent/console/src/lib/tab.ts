// One tab per browser: a second one would silently steal the telephone's registration.

const lock = 'hotline-console'

export type Claim = 'held' | 'elsewhere'

let claims = 0

/** claimTab takes the browser's only place, by force if asked to; onLost is called when another tab takes it. */
export function claimTab(force: boolean, onLost: () => void): Promise<Claim> {
  if (!navigator.locks) return Promise.resolve('held') // plain HTTP from another machine: cannot be known
  const mine = ++claims
  return new Promise((resolve) => {
    navigator.locks
      .request(lock, force ? { steal: true } : { ifAvailable: true }, (granted) => {
        if (!granted) return resolve('elsewhere')
        resolve('held')
        return new Promise(() => {}) // kept until the page goes
      })
      .catch(() => mine === claims && onLost()) // a newer claim of this very tab is no loss
  })
}

const channelName = 'hotline-console'

/** answerOtherTabs tells a second tab whether this one is in a call. It returns how to stop. */
export function answerOtherTabs(inCall: () => boolean): () => void {
  const channel = new BroadcastChannel(channelName)
  channel.onmessage = (event) => event.data === 'in a call?' && channel.postMessage({ inCall: inCall() })
  return () => channel.close()
}

/** otherTabInCall asks the first tab; a tab that does not answer within half a second is taken for idle. */
export function otherTabInCall(): Promise<boolean> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(channelName)
    const finish = (answer: boolean) => {
      channel.close()
      resolve(answer)
    }
    channel.onmessage = (event) => finish((event.data as { inCall?: boolean }).inCall === true)
    channel.postMessage('in a call?')
    setTimeout(finish, 500, false)
  })
}
