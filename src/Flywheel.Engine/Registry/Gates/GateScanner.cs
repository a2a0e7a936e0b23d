using System.Globalization;

namespace Flywheel.Engine.Registry.Gates;

/// <summary>Text to tokens.</summary>
static class GateScanner
{
    /// <summary>Longer demands are refused.</summary>
    const int MaxLength = 1000;

    static readonly string[] s_symbols = [">=", "<=", ">", "<", "=", "+", "-", "*", "[", "]", ","];

    public static List<GateToken> Scan(string text, GateFaults faults)
    {
        if (text.Length > MaxLength) throw faults.At(MaxLength, $"The demand is longer than {MaxLength} characters.", "Write one demand at a time.");
        var tokens = new List<GateToken>();
        for (var at = 0; at < text.Length;)
        {
            var c = text[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
            }
            else if (GateWord.IsStart(c))
            {
                var end = at;
                while (end < text.Length && GateWord.IsPart(text[end])) end++;
                tokens.Add(new GateToken(TokenKind.Word, text[at..end], 0, at));
                at = end;
            }
            else if (char.IsAsciiDigit(c) || c == '.')
            {
                at = Number(at);
            }
            else if (c is '\'' or '"')
            {
                at = Quoted(at, c);
            }
            else if (Symbol(at) is { } symbol)
            {
                tokens.Add(new GateToken(TokenKind.Symbol, symbol.Name, 0, at));
                at += symbol.Length;
            }
            else
            {
                throw faults.At(at, $"The character '{c}' has no meaning here.", "A demand reads like: accuracy >= champion - 0.005");
            }
        }
        tokens.Add(new GateToken(TokenKind.End, "", 0, text.Length));
        return tokens;

        int Number(int at)
        {
            var end = at;
            while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.')) end++;
            // An exponent, unless the letter begins a unit or word.
            if (end < text.Length && text[end] is 'e' or 'E')
            {
                var digits = end + 1;
                if (digits < text.Length && text[digits] is '+' or '-') digits++;
                if (digits < text.Length && char.IsAsciiDigit(text[digits]))
                {
                    end = digits;
                    while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
                }
            }
            if (!double.TryParse(text.AsSpan(at, end - at), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
                throw faults.At(at, $"'{text[at..end]}' is not a number.", "Numbers read like 0.95, with a point.");
            var unit = end;
            while (unit < text.Length && text[unit] == ' ') unit++;
            var stop = unit;
            if (stop < text.Length && text[stop] == '%') stop++;
            else while (stop < text.Length && char.IsLetter(text[stop])) stop++;
            var word = text[unit..stop];
            if (GateUnits.IsUnit(word) || (unit == end && word.Length > 0))
            {
                if (!GateUnits.IsUnit(word)) throw faults.At(unit, $"'{word}' is not a unit.{GateFaults.Nearest(word, GateUnits.Names)}", $"Units: {string.Join(", ", GateUnits.Names)}.");
                end = stop;
            }
            else
            {
                word = "";
            }
            tokens.Add(new GateToken(TokenKind.Number, word, value, at));
            return end;
        }

        int Quoted(int at, char quote)
        {
            var content = new System.Text.StringBuilder();
            for (var i = at + 1; i < text.Length; i++)
            {
                if (text[i] != quote)
                {
                    content.Append(text[i]);
                }
                else if (i + 1 < text.Length && text[i + 1] == quote)
                {
                    content.Append(text[i++]);
                }
                else
                {
                    tokens.Add(new GateToken(TokenKind.Text, content.ToString(), 0, at));
                    return i + 1;
                }
            }
            throw faults.At(at, "The quote is not closed.", $"Add {quote} where the name ends.");
        }

        (string Name, int Length)? Symbol(int at)
        {
            if (text[at] == '≥') return (">=", 1);
            if (text[at] == '≤') return ("<=", 1);
            foreach (var symbol in s_symbols)
                if (string.CompareOrdinal(text, at, symbol, 0, symbol.Length) == 0) return (symbol, symbol.Length);
            return null;
        }
    }
}
