/**
 * Every text of the widget but the launcher's own, in English. Another language
 * is another object of this shape. Functions take what varies.
 */
export const text = {
  /** The language, for screen readers. */
  lang: "en",
  close: "Close",
  retry: "Try again",
  optional: "optional",
  /** Where an agent's name is not known. */
  agent: "Your agent",

  form: {
    title: "Request for support",
    intro: (site: string) => `An agent of ${site} will help you right here on the page.`,
    name: "Name",
    email: "E-mail",
    phone: "Phone",
    topic: "Topic",
    chooseTopic: "Choose a topic",
    message: "Message",
    messageHint: "What can we help with?",
    consentTitle: "What an agent will see:",
    consent:
      "this website in your open tabs, live: its pages, how you scroll and click, and your mouse pointer. " +
      "What you type into fields is hidden, except in fields this website has marked as harmless. " +
      "They see nothing else on your device, and you can end at any time.",
    connect: "Connect",
    connecting: "Connecting…",
    loading: "Loading…",
    nobody:
      "No agent is available right now. Connect anyway: we keep your place, and you can leave a message.",
    missing: {
      name: "Enter your name.",
      email: "Enter your e-mail address.",
      phone: "Enter your phone number.",
    },
    wrong: {
      email: "Enter an address like name@example.com.",
      phone: "Enter a phone number, with digits.",
      other: "This can't be accepted. Change it and try again.",
    },
  },

  problem: {
    unreachable: "We can't reach support right now. Check your connection and try again.",
    throttled: (seconds: number) =>
      seconds > 0
        ? `Too many requests. Try again in ${seconds} seconds.`
        : "Too many requests. Try again in a moment.",
    notAllowed: "Support is not set up for this website.",
    invalid: "Some of this can't be accepted. Check what you entered.",
    over: "This is not possible any more: your request has moved on.",
    internal: "Something went wrong on our side. Try again in a moment.",
  },

  waiting: {
    title: "Waiting for support",
    connecting: "Connecting to support…",
    next: "You are next in line.",
    place: (place: number) => `You are number ${place} in line.`,
    soon: "An agent will be with you in a moment.",
    agentSoon: (agent: string) => `${agent} will be with you in a moment.`,
    stay: "You can keep using this website while you wait.",
    nobody: "No agent is available right now",
    nobodyHint:
      "We keep your place, and connect you as soon as somebody is back. Or leave a message instead.",
    cancel: "Cancel",
    leave: "Leave a message",
    fold: "Hide",
    unfold: "Waiting for support",
  },

  message: {
    title: "Write to us",
    hint: {
      email: "We answer by e-mail.",
      phone: "We answer by phone.",
      none: "Say how to reach you, so that we can answer.",
    },
    message: "Message",
    send: "Send",
    sending: "Sending…",
    back: "Back to waiting",
    empty: "Write what you need.",
  },

  bar: {
    name: "Support session",
    sees: (agent: string, others: number) =>
      others > 0 ? `${agent} and ${others} more can see this page` : `${agent} can see this page`,
    news: (agent: string) => `You are connected with ${agent}.`,
    joining: (agent: string) => `${agent} is joining…`,
    away: (agent: string) => `${agent} is reconnecting…`,
    lost: "Reconnecting…",
    lostNews: "The connection is lost. Reconnecting…",
    backNews: "The connection is back.",
    retry: "Try now",
    chat: "Chat",
    unread: "unread",
    end: "End",
    fold: "Hide the bar",
    unfold: "Show the bar",
  },

  chat: {
    title: "Chat",
    log: "Conversation",
    empty: (agent: string) => `${agent} reads what you write here.`,
    message: "Message",
    send: "Send",
    you: "You",
    pending: "Sending…",
    typing: (agent: string) => `${agent} is typing…`,
    show: "Show the message",
  },

  end: {
    title: "End the session?",
    body: (agent: string) => `${agent} will no longer see this page or your other tabs.`,
    end: "End session",
    stay: "Keep going",
  },

  remarks: {
    byCustomer: "The session has ended",
    byAgent: (agent: string) => `${agent} has ended the session`,
    bySystem: "The session has ended",
    news: "Support is over.",
    unseen: "Nobody can see this page any more.",
    rating: "How was it?",
    stars: ["Very bad", "Bad", "Okay", "Good", "Very good"],
    star: (count: number, meaning: string) => `${count} of 5, ${meaning}`,
    remarks: "Remarks",
    remarksHint: "Anything you would like us to know",
    send: "Send",
    sending: "Sending…",
    skip: "Skip",
  },

  thanks: {
    remarks: "Thank you",
    remarksBody: "Your remarks help us to do better.",
    message: "Your message has been sent",
    messageBody: {
      email: "We answer by e-mail as soon as we can.",
      phone: "We call you as soon as we can.",
      none: "We read it as soon as we are back.",
    },
  },

  missed: {
    title: "No agent could take your request",
    body: "We are sorry. Your request has been kept for us to read. You can ask again at any time.",
    again: "Ask again",
  },

  broken: {
    title: "Support is interrupted",
    version: "This page is older than our support service. Reload it to go on.",
    other: "The connection to support was refused on this page. Nobody can see it.",
    load: "A part of our support could not be loaded. Check your connection and try again.",
    reload: "Reload this page",
  },

  failed: "Something went wrong in the support window. The page itself is not affected.",
};

export type Text = typeof text;
