// Shortcodes that people and notebooks use most. Slack knows thousands; one that isn't here stays as it was typed.

const TABLE = `
grinning 😀 smile 😄 smiley 😃 grin 😁 laughing 😆 joy 😂 rofl 🤣 wink 😉 blush 😊 slightly_smiling_face 🙂 upside_down_face 🙃 heart_eyes 😍
kissing_heart 😘 yum 😋 sunglasses 😎 nerd_face 🤓 thinking_face 🤔 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒
face_with_rolling_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔 sleepy 😪 sleeping 😴 mask 😷 dizzy_face 😵 exploding_head 🤯 partying_face 🥳
confused 😕 worried 😟 slightly_frowning_face 🙁 open_mouth 😮 astonished 😲 flushed 😳 cry 😢 sob 😭 scream 😱 sweat 😓 sweat_smile 😅
disappointed 😞 weary 😩 tired_face 😫 angry 😠 rage 😡 hugging_face 🤗 shushing_face 🤫 face_with_monocle 🧐 robot_face 🤖 ghost 👻 skull 💀
wave 👋 raised_hand ✋ ok_hand 👌 v ✌️ crossed_fingers 🤞 point_left 👈 point_right 👉 point_up ☝️ point_down 👇 +1 👍 thumbsup 👍 -1 👎
thumbsdown 👎 fist ✊ clap 👏 raised_hands 🙌 handshake 🤝 pray 🙏 writing_hand ✍️ muscle 💪 eyes 👀 eye 👁️ brain 🧠 shrug 🤷 facepalm 🤦
heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 broken_heart 💔 sparkles ✨ star ⭐ star2 🌟 dizzy 💫
boom 💥 fire 🔥 zap ⚡ sunny ☀️ cloud ☁️ rainbow 🌈 snowflake ❄️ ocean 🌊 droplet 💧 seedling 🌱 herb 🌿 four_leaf_clover 🍀 rose 🌹
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ heavy_plus_sign ➕ heavy_minus_sign ➖
warning ⚠️ no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 rotating_light 🚨 exclamation ❗ question ❓ grey_question ❔ bangbang ‼️ 100 💯
red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣 white_circle ⚪
black_circle ⚫ large_green_square 🟩 large_red_square 🟥 large_yellow_square 🟨 radio_button 🔘 small_blue_diamond 🔹 small_orange_diamond 🔸
arrow_up ⬆️ arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️ arrow_upper_right ↗️ arrows_counterclockwise 🔄 arrows_clockwise 🔃 repeat 🔁
leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ fast_forward ⏩ arrow_forward ▶️ double_vertical_bar ⏸️ black_square_for_stop ⏹️ stop_button ⏹️
hourglass ⌛ hourglass_flowing_sand ⏳ watch ⌚ alarm_clock ⏰ stopwatch ⏱️ timer_clock ⏲️ clock1 🕐 clock3 🕒 calendar 📅 date 📆 spiral_calendar_pad 🗓️
notebook 📓 notebook_with_decorative_cover 📔 ledger 📒 closed_book 📕 green_book 📗 blue_book 📘 orange_book 📙 books 📚 open_book 📖 book 📖
bookmark 🔖 label 🏷️ memo 📝 pencil 📝 pencil2 ✏️ page_facing_up 📄 page_with_curl 📃 bookmark_tabs 📑 clipboard 📋 pushpin 📌 round_pushpin 📍
paperclip 📎 link 🔗 scissors ✂️ file_folder 📁 open_file_folder 📂 card_index_dividers 🗂️ file_cabinet 🗄️ wastebasket 🗑️ inbox_tray 📥
outbox_tray 📤 package 📦 email 📧 envelope ✉️ incoming_envelope 📨 bar_chart 📊 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉
abacus 🧮 mag 🔍 mag_right 🔎 microscope 🔬 telescope 🔭 test_tube 🧪 bulb 💡 battery 🔋 electric_plug 🔌 computer 💻 desktop_computer 🖥️
keyboard ⌨️ floppy_disk 💾 cd 💿 frame_with_picture 🖼️ camera 📷 movie_camera 🎥 satellite 🛰️ rocket 🚀 airplane ✈️ car 🚗 ship 🚢 house 🏠
factory 🏭 office 🏢 bank 🏦 globe_with_meridians 🌐 earth_africa 🌍 earth_americas 🌎 world_map 🗺️ compass 🧭 gear ⚙️ wrench 🔧 hammer 🔨
hammer_and_wrench 🛠️ toolbox 🧰 nut_and_bolt 🔩 magnet 🧲 ladder 🪜 key 🔑 lock 🔒 unlock 🔓 closed_lock_with_key 🔐 shield 🛡️ bell 🔔 no_bell 🔕
mega 📣 loudspeaker 📢 speech_balloon 💬 thought_balloon 💭 left_speech_bubble 🗨️ thread 🧵 yarn 🧶 tada 🎉 confetti_ball 🎊 gift 🎁 trophy 🏆
medal 🏅 first_place_medal 🥇 dart 🎯 game_die 🎲 jigsaw 🧩 art 🎨 musical_note 🎵 moneybag 💰 dollar 💵 euro 💶 credit_card 💳 shopping_trolley 🛒
coffee ☕ tea 🍵 beer 🍺 pizza 🍕 cake 🍰 birthday 🎂 cookie 🍪 apple 🍎 banana 🍌 avocado 🥑 bug 🐛 beetle 🐞 bee 🐝 snake 🐍 panda_face 🐼
dog 🐶 cat 🐱 turtle 🐢 whale 🐳 octopus 🐙 crab 🦀 snail 🐌 unicorn_face 🦄 penguin 🐧 information_source ℹ️ new 🆕 ok 🆗 sos 🆘 free 🆓
zero 0️⃣ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ checkered_flag 🏁 triangular_flag_on_post 🚩 flag-eu 🇪🇺 flag-us 🇺🇸 flag-gb 🇬🇧 flag-de 🇩🇪
`;

const words = TABLE.trim().split(/\s+/);
const emoji = new Map();
for (let at = 0; at < words.length; at += 2) emoji.set(words[at], words[at + 1]);

/** The character for a shortcode's name, or null. */
export const emojiFor = (name) => emoji.get(name.replace(/::skin-tone-\d$/, "")) ?? null;

/** Up to `most` [name, character] pairs whose name starts with, else contains, what was typed. */
export function emojiLike(typed, most = 8) {
  const all = [...emoji];
  const starts = all.filter(([name]) => name.startsWith(typed));
  const holds = all.filter(([name]) => !name.startsWith(typed) && name.includes(typed));
  return [...starts, ...holds].slice(0, most);
}
