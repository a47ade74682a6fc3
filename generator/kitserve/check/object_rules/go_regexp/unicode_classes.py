"""The names that Go takes in `\\p{...}`, each with the ends of ranges that its class has.

Source: unicode.Categories, Scripts and CategoryAliases of Go 1.26 (Unicode 15), as regexp/syntax reads them: without
blanks, hyphens and underscores, capitalized. It finds no script whose name has an underscore, such as Old_Italic.
tests/generator/check/test_go_regexp.py holds the table to Go.
"""

_WITHOUT_MARKS = {ord(mark): None for mark in " -_"}
_TABLE = """
Adlam 6  Ahom 6  Any 0  Arabic 116  Armenian 8  Ascii 2  Assigned 1414  Avestan 4  Balinese 4  Bamum 4
Batak 4  Bengali 28  Bhaiksuki 8  Bopomofo 6  Brahmi 6  Braille 2  Buginese 4  Buhid 2  C 1424  Carian 2
Casedletter 286  Cc 4  Cf 42  Chakma 4  Cham 8  Cherokee 6  Chorasmian 2  Closepunctuation 152  Cn 1414
Cntrl 4  Co 6  Combiningmark 620  Common 346  Connectorpunctuation 12  Control 4  Coptic 6  Cs 2
Cuneiform 8  Currencysymbol 42  Cypriot 12  Cyrillic 20  Dashpunctuation 38  Decimalnumber 128  Deseret 2
Devanagari 10  Digit 128  Dogra 2  Duployan 10  Elbasan 2  Elymaic 2  Enclosingmark 10  Ethiopic 72
Finalpunctuation 20  Format 42  Georgian 20  Glagolitic 12  Gothic 2  Grantha 30  Greek 72  Gujarati 28
Gurmukhi 32  Han 42  Hangul 28  Hanunoo 2  Hatran 6  Hebrew 18  Hiragana 12  Inherited 58
Initialpunctuation 22  Javanese 6  Kaithi 4  Kannada 26  Katakana 28  Kawi 6  Kharoshthi 16  Khmer 8
Khojki 4  Khudawadi 4  L 1318  Lao 22  Latin 78  Lc 286  Lepcha 6  Letter 1318  Letternumber 24  Limbu 10
Lineseparator 1  Lisu 4  Ll 1316  Lm 142  Lo 1020  Lowercaseletter 1316  Lt 20  Lu 1292  Lycian 2  Lydian 4
M 620  Mahajani 2  Makasar 2  Malayalam 14  Mandaic 4  Manichaean 4  Marchen 6  Mark 620  Mathsymbol 128
Mc 364  Me 10  Medefaidrin 2  Miao 6  Mn 692  Modi 4  Modifierletter 142  Modifiersymbol 62  Mongolian 12
Mro 6  Multani 10  Myanmar 6  N 274  Nabataean 4  Nandinagari 6  Nd 128  Newa 4  Nko 4  Nl 24  No 144
Nonspacingmark 692  Number 274  Nushu 4  Ogham 2  Openpunctuation 158  Oriya 28  Osage 4  Osmanya 4
Other 1424  Otherletter 1020  Othernumber 144  Otherpunctuation 374  Othersymbol 368  P 382  Palmyrene 2
Paragraphseparator 1  Pc 12  Pd 38  Pe 152  Pf 20  Phoenician 4  Pi 22  Po 374  Privateuse 6  Ps 158
Punct 382  Punctuation 382  Rejang 4  Runic 4  S 464  Samaritan 4  Saurashtra 4  Sc 42  Separator 16
Sharada 2  Shavian 2  Siddham 4  Sinhala 26  Sk 62  Sm 128  So 368  Sogdian 2  Soyombo 2  Spaceseparator 14
Spacingmark 364  Sundanese 4  Surrogate 2  Symbol 464  Syriac 8  Tagalog 4  Tagbanwa 6  Takri 4  Tamil 36
Tangsa 4  Tangut 8  Telugu 26  Thaana 2  Thai 4  Tibetan 14  Tifinagh 6  Tirhuta 4  Titlecaseletter 20
Toto 2  Ugaritic 4  Unassigned 1414  Uppercaseletter 1292  Vai 2  Vithkuqi 16  Wancho 4  Yezidi 6  Yi 4
Z 16  Zl 1  Zp 1  Zs 14
"""
_CELLS = _TABLE.split()
RUNES = dict(zip(_CELLS[::2], map(int, _CELLS[1::2]), strict=True))


def runes(name: str) -> int | None:
    """Return the number of ends of ranges in Go's class of characters; None if Go doesn't know the name."""
    return RUNES.get(spelling(name)) if name.isascii() else None


def spelling(name: str) -> str:
    """Return an ASCII name in the table's spelling."""
    bare = name.translate(_WITHOUT_MARKS)
    return bare[:1].upper() + bare[1:].lower()
