/** The page's words, in the browser's language: Bahasa Indonesia or English. */

const en = {
  lead: "Sapa is a support chat in one program: customers write, admins answer, and every change arrives at once over one stream.",
  tryIt: "Try it now",
  pickHint: "Be somebody. What you write is stored in this instance.",
  stepWrite: "Pick a customer and write to the desk.",
  stepAnswer: "Open a second window as an admin, open the room and answer.",
  stepWatch: "Watch below what the stream carries: messages, typing, read marks, presence.",
  customers: "Customers", admins: "Admins",
  otherSide: "Open a second window as {name}",
  rooms: "Rooms", noRooms: "No room yet.", noRoomsAdmin: "No room yet. It appears here as soon as a customer writes.",
  myRoom: "My room", noSubject: "No subject", noMessage: "No message yet", unread: "{n} unread",
  conversation: "Conversation", pickRoom: "Pick a room.", loading: "Loading…", empty: "Nothing written yet.",
  back: "All rooms", priority: "Priority", resolve: "Resolve", close: "Close", reopen: "Reopen",
  start: "Write to the desk", subject: "Subject (optional)", message: "Message", send: "Send",
  closedNote: "This room is closed and takes no message.", newRoom: "Start a new room",
  you: "You", sent: "sent", read: "read", deleted: "This message was deleted.", isTyping: "{name} is typing…",
  online: "online", offline: "offline", unassigned: "nobody assigned yet",
  frames: "Stream", framesHint: "The last 20 frames, newest first. Press one to see all of it.", noFrames: "Pick a person to open the stream.",
  instance: "This instance", docs: "the API, to read", openapi: "OpenAPI 3.1", healthz: "is it alive?", metrics: "for Prometheus", dashboard: "admins’ dashboard",
  shell: "From a shell", copy: "Copy", copied: "Copied", problem: "Dismiss",
  noAnswer: "The server does not answer.", retryAfter: "Try again in {n} s.",
  stream_none: "not connected", stream_connecting: "connecting…", stream_open: "stream open", stream_waiting: "reconnecting…", stream_ended: "stream ended, signing in again…",
  OPEN: "open", RESOLVED: "resolved", CLOSED: "closed", LOW: "low", NORMAL: "normal", HIGH: "high", URGENT: "urgent",
};

const id = {
  lead: "Sapa adalah obrolan dukungan dalam satu program: pelanggan menulis, admin menjawab, dan setiap perubahan langsung tiba lewat satu stream.",
  tryIt: "Coba sekarang",
  pickHint: "Jadilah seseorang. Yang Anda tulis disimpan di instans ini.",
  stepWrite: "Pilih seorang pelanggan dan tulis kepada tim dukungan.",
  stepAnswer: "Buka jendela kedua sebagai admin, buka ruangnya, lalu jawab.",
  stepWatch: "Lihat di bawah apa yang dibawa stream: pesan, ketikan, tanda baca, kehadiran.",
  customers: "Pelanggan", admins: "Admin",
  otherSide: "Buka jendela kedua sebagai {name}",
  rooms: "Ruang", noRooms: "Belum ada ruang.", noRoomsAdmin: "Belum ada ruang. Ruang muncul di sini begitu pelanggan menulis.",
  myRoom: "Ruang saya", noSubject: "Tanpa subjek", noMessage: "Belum ada pesan", unread: "{n} belum dibaca",
  conversation: "Percakapan", pickRoom: "Pilih sebuah ruang.", loading: "Memuat…", empty: "Belum ada tulisan.",
  back: "Semua ruang", priority: "Prioritas", resolve: "Selesaikan", close: "Tutup", reopen: "Buka lagi",
  start: "Tulis kepada tim dukungan", subject: "Subjek (opsional)", message: "Pesan", send: "Kirim",
  closedNote: "Ruang ini ditutup dan tidak menerima pesan.", newRoom: "Mulai ruang baru",
  you: "Anda", sent: "terkirim", read: "dibaca", deleted: "Pesan ini telah dihapus.", isTyping: "{name} sedang mengetik…",
  online: "daring", offline: "luring", unassigned: "belum ditugaskan",
  frames: "Stream", framesHint: "20 frame terakhir, terbaru di atas. Tekan satu untuk melihat semuanya.", noFrames: "Pilih seseorang untuk membuka stream.",
  instance: "Instans ini", docs: "API, untuk dibaca", openapi: "OpenAPI 3.1", healthz: "apakah hidup?", metrics: "untuk Prometheus", dashboard: "dasbor admin",
  shell: "Dari shell", copy: "Salin", copied: "Tersalin", problem: "Tutup pesan ini",
  noAnswer: "Server tidak menjawab.", retryAfter: "Coba lagi dalam {n} dtk.",
  stream_none: "tidak terhubung", stream_connecting: "menghubungkan…", stream_open: "stream terbuka", stream_waiting: "menghubungkan kembali…", stream_ended: "stream berakhir, masuk lagi…",
  OPEN: "terbuka", RESOLVED: "selesai", CLOSED: "ditutup", LOW: "rendah", NORMAL: "normal", HIGH: "tinggi", URGENT: "mendesak",
};

/** The language with its region, for times. */
export const locale = navigator.languages.find((tag) => /^(id|en)\b/i.test(tag)) ?? "en";
const language = locale.slice(0, 2).toLowerCase();
const words = language === "id" ? id : en;

/** The text for a key, with `{name}` and the like filled in. */
export function word(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Puts words into every element that asks for them: `data-word` for its text, `data-label` for its accessible name. */
export function translate(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
}
