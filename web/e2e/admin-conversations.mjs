// Conversations of a small shop, in Indonesian and English, for the dashboard's tests and pictures.
// `c` speaks for the customer, `s` and `a` for the admins Sari and Adi.

export const PEOPLE = [
  "Budi Santoso", "Dewi Lestari", "Citra Maharani", "Agus Pratama", "Rina Wijaya", "Joko Susilo", "Maya Putri", "Hendra Gunawan",
  "Olivia Carter", "Fitri Handayani", "Bayu Saputra", "Nadia Rahma", "Daniel Kim", "Yuni Astuti", "Rizky Ramadhan", "Sophie Laurent",
  "Taufik Hidayat", "Melati Kusuma", "Eko Nugroho", "Intan Permata", "Lukas Meyer", "Ayu Wulandari", "Dimas Aditya", "Priya Sharma",
  "Wahyu Setiawan", "Ratna Sari", "Galih Prakoso", "Emma Thompson", "Sinta Dewi", "Fajar Kurniawan", "Laila Nur", "Oscar Nilsson",
  "Putu Adnyana", "Kirana Hapsari", "Bagas Wicaksono", "Grace Tan",
];

export const CONVERSATIONS = [
  {
    subject: "Pesanan #1042 belum sampai", priority: "URGENT", status: "OPEN", admin: null,
    lines: ["c Halo, pesanan #1042 saya belum sampai padahal estimasinya kemarin.", "c Nomor resinya JX0098123, terakhir di gudang Bekasi sejak 3 hari lalu.", "c Besok mau dipakai untuk acara keluarga. Bisa dibantu?"],
  },
  {
    subject: "Ukuran sepatu tidak cocok", priority: "NORMAL", status: "OPEN", admin: "s",
    lines: ["c Selamat siang, sepatu Lari Pro yang saya terima kekecilan.", "s Selamat siang, Kak! Maaf atas ketidaknyamanannya. Ukuran berapa yang Kakak pesan?", "c 42, tapi rasanya seperti 41.", "s Baik, kita tukar ke 43 ya. Kurir kami jemput besok antara jam 9–12, ongkirnya kami tanggung.", "c Wah, cepat sekali. Terima kasih banyak 🙏"],
  },
  {
    subject: "Invoice for company purchase", priority: "HIGH", status: "OPEN", admin: "a",
    lines: ["c Hi, could I get an invoice with our company name and tax number for order #0987?", "a Of course! Please send me the exact company name and the NPWP and I will have it ready today.", "c PT Cahaya Nusantara Abadi, 01.234.567.8-901.000", "a Got it. You will find it at https://shop.example/invoices/0987 within the hour (link is valid for 30 days).", "c Perfect. Could you also send a copy to finance@cahaya.example?"],
  },
  {
    subject: "Voucher GAJIAN50 ditolak", priority: "NORMAL", status: "OPEN", admin: null,
    lines: ["c Kak, voucher GAJIAN50 kok tidak bisa dipakai ya? Katanya \"tidak memenuhi syarat\".", "c Total belanja saya 275.000, minimalnya kan 250.000."],
  },
  {
    subject: "Return of a damaged lamp", priority: "HIGH", status: "RESOLVED", admin: "s",
    lines: ["c The table lamp arrived with a cracked shade. I have photos.", "s Oh no, I am sorry about that! No need for photos, I can see the damage report from the courier.", "s Would you like a new shade or a refund?", "c A new shade would be great.", "s It ships today and arrives on Thursday. Keep the cracked one or recycle it, as you like.", "c That was easy. Thank you, Sari! ❤️"],
  },
  {
    subject: "Ganti alamat pengiriman", priority: "NORMAL", status: "CLOSED", admin: "a",
    lines: ["c Bisa ganti alamat kirim untuk pesanan #1038? Saya pindah ke Jl. Melati No. 7, Bandung.", "a Bisa, Kak. Sudah saya ubah dan kurir sudah dapat alamat barunya.", "c Mantap, makasih!"],
  },
  {
    subject: "Apakah stok kemeja batik ada?", priority: "LOW", status: "OPEN", admin: null,
    lines: ["c Permisi, kemeja batik motif parang ukuran XL kapan restock ya?"],
  },
  {
    subject: "Payment taken twice", priority: "URGENT", status: "OPEN", admin: "s",
    lines: ["c My card was charged twice for order #1051!", "c 2 × Rp 489.000 this morning at 08:14.", "s I see both charges. One of them is only a reservation and falls away, but I will ask the bank to release it now.", "s Reference: RFX-20931. It should be visible within 24 hours.", "c OK, I will check tomorrow. Please keep this open until then."],
  },
  {
    subject: "Cara merawat panci enamel", priority: "LOW", status: "RESOLVED", admin: "a",
    lines: ["c Panci enamelnya boleh dicuci pakai sabut kawat?", "a Sebaiknya jangan, Kak, lapisannya bisa tergores. Pakai spons lembut dan sabun cair saja.\n\nKalau ada kerak:\n1. rendam air hangat + 2 sdm soda kue\n2. diamkan 30 menit\n3. bilas", "c Oke, terima kasih infonya 😄"],
  },
  {
    subject: "Kerja sama grosir", priority: "HIGH", status: "OPEN", admin: null,
    lines: ["c Selamat pagi, kami punya 12 toko di Jawa Tengah dan tertarik menjadi reseller.", "c Apakah ada harga khusus untuk pembelian di atas 500 pcs per bulan? Silakan lihat profil kami di www.tokojateng.example."],
  },
  {
    subject: "Gift wrapping", priority: "NORMAL", status: "OPEN", admin: "s",
    lines: ["c Do you offer gift wrapping? It is for my mum's birthday on Saturday 🎉", "s We do! Choose \"Bungkus kado\" in the cart; the card with your words is free.", "c Lovely. Can I still add it to order #1055?"],
  },
  {
    subject: "Aplikasi selalu logout sendiri", priority: "NORMAL", status: "RESOLVED", admin: "a",
    lines: ["c Aplikasinya keluar sendiri tiap kali saya buka keranjang. HP saya Android 14.", "a Terima kasih laporannya. Boleh coba versi 3.8.1 yang baru rilis pagi ini?", "c Sudah normal lagi. Sip!"],
  },
];

/** What people ask in passing, for the many shorter rooms. */
export const SHORT = [
  ["Ongkir ke Papua", "Ongkir ke Jayapura berapa ya kak untuk 2 kg?"], ["Opening hours", "Are you open on Sunday?"], ["Garansi blender", "Garansinya berapa lama, Kak?"],
  ["Warna tidak sesuai", "Di foto biru tua, yang datang kok biru muda ya?"], ["Tracking number", "The tracking number does not work yet, is that normal?"], ["COD", "Bisa bayar di tempat untuk daerah Sleman?"],
  ["Cancel my order", "Please cancel order #1049, I picked the wrong size."], ["Poin member", "Poin saya bulan lalu belum masuk."], ["Allergy information", "Does the sambal contain peanuts?"],
  ["Lupa kata sandi", "Email reset kata sandinya tidak masuk-masuk."], ["Bulk order", "Can I get 40 tumblers by Friday next week?"], ["Kurir salah alamat", "Kurirnya bilang rumah kosong, padahal saya di rumah."],
];
