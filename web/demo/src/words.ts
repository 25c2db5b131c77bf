/** The page in both languages. */
export const words = {
  id: {
    dashboard: "Dasbor admin", docs: "Dokumentasi API", react: "Contoh React", language: "English",
    headline: "Kopi pilihan, diantar hangat.",
    tagline: "Toko ini hanya percobaan. Yang sungguhan adalah tombol obrolan di pojok bawah: itulah widget Sapa.",
    ask: "Tanya kami",
    whoTitle: "Masuk sebagai",
    whoText: "Pilih seorang pelanggan, atau tetap sebagai tamu. Buka dasbor admin di jendela lain untuk membalas.",
    guest: "Tamu", guestNow: "Anda mengunjungi toko sebagai tamu.", now: (name: string) => `Anda masuk sebagai ${name}.`,
    failed: "Masuk gagal. Muat ulang halaman dan coba lagi.",
    goodsTitle: "Sedang laris", askAbout: "Tanya produk ini",
    running: "Yang berjalan: satu berkas program Sapa dengan basis data SQLite di dalamnya. Halaman ini hanya ada dalam mode pengembangan.",
    dialects: "Obrolan yang sama lewat Socket.IO:",
    version: (version: string) => `Sapa ${version}`,
    goods: [["Gayo Arabika", "Floral, segar. 250 g", "Rp 98.000"], ["Toraja Sapan", "Rempah, cokelat hitam. 250 g", "Rp 112.000"], ["Kintamani Natural", "Jeruk, madu. 250 g", "Rp 105.000"], ["Saringan V60", "Isi 100 lembar", "Rp 62.000"]],
  },
  en: {
    dashboard: "Admin dashboard", docs: "API documentation", react: "React example", language: "Bahasa Indonesia",
    headline: "Chosen coffee, delivered warm.",
    tagline: "This shop is only a demo. What is real is the chat button in the corner: that is Sapa's widget.",
    ask: "Ask us",
    whoTitle: "Sign in as",
    whoText: "Choose a customer, or stay a guest. Open the admin dashboard in another window to answer.",
    guest: "Guest", guestNow: "You are visiting the shop as a guest.", now: (name: string) => `You are signed in as ${name}.`,
    failed: "Signing in failed. Reload the page and try again.",
    goodsTitle: "Selling well", askAbout: "Ask about this",
    running: "What is running: one Sapa binary with an SQLite database inside. This page exists in development only.",
    dialects: "The same chat over Socket.IO:",
    version: (version: string) => `Sapa ${version}`,
    goods: [["Gayo Arabica", "Floral, bright. 250 g", "Rp 98,000"], ["Toraja Sapan", "Spice, dark chocolate. 250 g", "Rp 112,000"], ["Kintamani Natural", "Orange, honey. 250 g", "Rp 105,000"], ["V60 filters", "100 sheets", "Rp 62,000"]],
  },
} as const;

export type Language = keyof typeof words;
