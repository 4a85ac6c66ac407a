// The least SIP server that a telephone in a browser can register with and be called by.

export class FakeSip {
  constructor() {
    this.socket = null
    this.contact = ''
    this.registrations = 0
    this.reinvites = 0
    this.onAnswer = () => {} // SDP of a 200 to an INVITE of ours
    this.onReinvite = async () => '' // SDP offer to SDP answer
    this.onBye = () => {}
    this.refuse = 0 // how many registrations to refuse with 403
    this.gone = false // no call is known: re-INVITEs get 481
    this.dialog = null
  }

  open(socket) {
    this.socket = socket
    socket.on('message', (data) => this.receive(String(data)))
  }

  cut() {
    this.socket?.terminate()
  }

  receive(text) {
    if (!text.trim()) return
    const [head, body = ''] = text.split('\r\n\r\n')
    const lines = head.split('\r\n')
    const header = (name) => lines.find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))?.slice(name.length + 1).trim() ?? ''
    const [method, status] = lines[0].split(' ')
    if (method === 'SIP/2.0') return this.response(Number(status), header, body)
    if (method === 'REGISTER') return this.register(lines, header)
    if (method === 'BYE') {
      this.reply(lines, '200 OK')
      return this.onBye()
    }
    if (method === 'INVITE') {
      this.reinvites++
      return this.gone ? this.reply(lines, '481 Call/Transaction Does Not Exist') : this.reinvited(lines, body)
    }
  }

  register(lines, header) {
    if (this.refuse > 0) {
      this.refuse--
      return this.reply(lines, '403 Forbidden')
    }
    this.registrations++
    this.contact = /<([^>]+)>/.exec(header('Contact'))[1]
    this.reply(lines, '200 OK', [`Contact: ${header('Contact')}`])
  }

  reply(lines, status, more = [], body = '') {
    const kept = lines.filter((line) => /^(via|from|call-id|cseq):/i.test(line))
    const to = lines.find((line) => /^to:/i.test(line))
    this.send([`SIP/2.0 ${status}`, ...kept, to.includes(';tag=') ? to : `${to};tag=fake`, ...more, `Content-Length: ${Buffer.byteLength(body)}`, '', body])
  }

  async reinvited(lines, offer) {
    const answer = await this.onReinvite(offer)
    this.reply(lines, '200 OK', ['Contact: <sip:hotline@127.0.0.1;transport=ws>', 'Content-Type: application/sdp'], answer)
  }

  /** invite calls the telephone with an offer. */
  invite(call, sdp, headers = []) {
    this.dialog = { call, id: `leg-${Math.random().toString(36).slice(2)}`, cseq: 1, to: '' }
    this.request('INVITE', [...headers, `X-Hotline-Call: ${call}`, 'Content-Type: application/sdp'], sdp)
  }

  bye() {
    this.dialog.cseq++
    this.request('BYE')
  }

  response(status, header, body) {
    if (!header('CSeq').endsWith('INVITE') || status < 200) return
    this.dialog.to = header('To')
    this.request('ACK')
    if (status === 200) this.onAnswer(body)
  }

  request(method, headers = [], body = '') {
    const { id, cseq, to } = this.dialog
    this.send([
      `${method} ${this.contact} SIP/2.0`,
      `Via: SIP/2.0/WS 127.0.0.1;branch=z9hG4bK${id}${cseq}${method === 'ACK' ? 'a' : ''}`,
      'Max-Forwards: 70',
      'From: <sip:hotline@127.0.0.1>;tag=fake',
      `To: ${to || `<${this.contact}>`}`,
      `Call-ID: ${id}`,
      `CSeq: ${cseq} ${method}`,
      'Contact: <sip:hotline@127.0.0.1;transport=ws>',
      ...headers,
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ])
  }

  send(lines) {
    this.socket?.send(lines.join('\r\n'))
  }
}
