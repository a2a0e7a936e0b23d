namespace Flywheel.Engine.Registry.Gates;

/// <summary>Reads a demand; the grammar stands with <see cref="GateExpression"/>.</summary>
sealed class GateParser
{
    const string Champion = "champion";

    readonly string _text;
    readonly GateFaults _faults;
    readonly List<GateToken> _tokens;
    int _at;

    GateParser(string text, SourceLocation? origin)
    {
        _text = text;
        _faults = new GateFaults(text, origin);
        _tokens = GateScanner.Scan(text, _faults);
    }

    /// <summary>Reads one demand.</summary>
    /// <param name="text">The demand.</param>
    /// <param name="origin">Where it stands in a file, or null when it was typed.</param>
    /// <exception cref="FlywheelException"><c>GateSyntax</c>, with line and column.</exception>
    public static GateExpression Parse(string text, SourceLocation? origin = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new GateParser(text, origin).Demand();
    }

    GateToken Here => _tokens[_at];

    GateExpression Demand()
    {
        if (IsWord("no"))
        {
            _at++;
            foreach (var word in (ReadOnlySpan<string>)["slice", "worse", "than", Champion]) Expect(word, "Write: no slice worse than champion by 0.02");
            var margin = 0.0;
            if (IsWord("by"))
            {
                _at++;
                var at = Here.At;
                margin = Number(FigureKind.Share, "the margin");
                if (margin >= 1) throw _faults.At(at, FormattableString.Invariant($"The margin {margin} is outside 0..1."), "Accuracies are shares: write 0.02 or 2%.");
            }
            var unclear = OrUnclear();
            End();
            return new SliceDemand(_text, margin, unclear);
        }
        var figure = Figure();
        var op = Operator();
        var boundAt = Here.At;
        var bound = Bound(figure);
        Check(figure, bound, boundAt);
        var orUnclear = OrUnclear();
        End();
        return new FigureDemand(_text, figure, op, bound, orUnclear);
    }

    GateFigure Figure()
    {
        var at = Here.At;
        var words = new List<string>();
        while (Here.Kind == TokenKind.Word) words.Add(_tokens[_at++].Text);
        var typed = string.Join(' ', words);
        if (typed.Length == 0) throw _faults.At(at, Here.Kind == TokenKind.End ? "The demand is empty." : $"A demand begins with a figure, not with {Describe(Here)}.", $"Figures: {string.Join(", ", GateFigure.Names)}.");
        var name = GateFigure.Names.FirstOrDefault(n => n.Equals(typed, StringComparison.OrdinalIgnoreCase))
            ?? throw _faults.At(at, $"There is no figure '{typed}'.{GateFaults.Nearest(typed, GateFigure.Names)}", $"Figures: {string.Join(", ", GateFigure.Names)}.");
        var figure = new GateFigure(name, null, []);
        if (!IsSymbol("["))
        {
            if (figure.IsOfLabel) throw _faults.At(Here.At, $"'{name}' needs a label.", $"Write {name}[label].");
            return figure;
        }
        _at++;
        string? label = null;
        var conditions = new List<GateCondition>();
        do
        {
            var itemAt = Here.At;
            if (Here.Kind is not (TokenKind.Word or TokenKind.Text or TokenKind.Number)) throw _faults.At(itemAt, $"A label or condition is expected in the brackets, not {Describe(Here)}.", "Write recall[closed] or accuracy[glasses=1].");
            var item = Name();
            if (Here.Kind == TokenKind.Symbol && Here.Text is "=" or "<" or "<=" or ">" or ">=")
            {
                if (!figure.MayHaveConditions) throw _faults.At(itemAt, $"'{name}' is not measured on a part of the images.", "Leave out the brackets.");
                conditions.Add(Condition(item));
            }
            else if (!figure.IsOfLabel)
            {
                throw _faults.At(itemAt, $"'{name}' has no label; '{item}' lacks a condition.", $"Write {name}[tag=value], or leave out the brackets.");
            }
            else if (label is not null)
            {
                throw _faults.At(itemAt, $"'{item}' is a second label.", $"Write one demand for each: {name}[{GateWord.Quote(item)}] …");
            }
            else
            {
                label = item;
            }
        }
        while (Take(","));
        if (figure.IsOfLabel && label is null) throw _faults.At(at, $"'{name}' needs a label in its brackets.", $"Write {name}[label, {string.Join(", ", conditions)}].");
        if (!Take("]")) throw _faults.At(Here.At, $"']' is expected here, not {Describe(Here)}.", "Close the brackets.");
        return new GateFigure(name, label, conditions);
    }

    GateCondition Condition(string name)
    {
        var property = PropertyCondition.KnownProperties.FirstOrDefault(p => p.Equals(name, StringComparison.OrdinalIgnoreCase));
        var (op, opAt) = (Here.Text, Here.At);
        _at++;
        if (property is not null)
        {
            var minus = Take("-");
            if (Here.Kind != TokenKind.Number || Here.Text.Length > 0) throw _faults.At(Here.At, $"'{property}' is compared with a number, not with {Describe(Here)}.", $"Write {property}{op}30.");
            var value = _tokens[_at++].Number;
            return new GateCondition(null, null, new PropertyCondition(property, op, minus ? -value : value));
        }
        if (op != "=") throw _faults.At(opAt, $"'{name}' is no measured property, and tags are only compared with '='.{GateFaults.Nearest(name, PropertyCondition.KnownProperties)}", $"Properties: {string.Join(", ", PropertyCondition.KnownProperties)}.");
        if (Here.Kind is not (TokenKind.Word or TokenKind.Text or TokenKind.Number)) throw _faults.At(Here.At, $"A value of the tag '{name}' is expected, not {Describe(Here)}.", $"Write {GateWord.Quote(name)}=value.");
        return new GateCondition(name, Name(), null);
    }

    /// <summary>A word, a quoted text, or a number exactly as it was written (<c>subject=0012</c>).</summary>
    string Name()
    {
        var token = _tokens[_at++];
        return token.Kind == TokenKind.Number ? _text[token.At.._tokens[_at].At].TrimEnd() : token.Text;
    }

    GateOperator Operator()
    {
        var token = Here;
        _at++;
        return (token.Kind, token.Text) switch
        {
            (TokenKind.Symbol, ">=") => GateOperator.AtLeast,
            (TokenKind.Symbol, ">") => GateOperator.Above,
            (TokenKind.Symbol, "<=") => GateOperator.AtMost,
            (TokenKind.Symbol, "<") => GateOperator.Below,
            _ => throw _faults.At(token.At, $"A comparison is expected after the figure, not {Describe(token)}.", "Comparisons: >=, >, <=, <."),
        };
    }

    GateBound Bound(GateFigure figure)
    {
        double factor = 0, constant = 0;
        var sign = Take("-") ? -1 : 1;
        while (true)
        {
            if (IsWord(Champion))
            {
                _at++;
                factor += sign * (Take("*") ? Number(null, "the factor") : 1);
            }
            else if (Here.Kind == TokenKind.Number)
            {
                if (_tokens[_at + 1] is { Kind: TokenKind.Symbol, Text: "*" })
                {
                    var times = Number(null, "the factor");
                    _at++;
                    Expect(Champion, "A number is only multiplied with 'champion'.");
                    factor += sign * times;
                }
                else
                {
                    constant += sign * Number(figure.Kind, $"a bound of '{figure.Name}'");
                }
            }
            else
            {
                throw _faults.At(Here.At, $"A number or 'champion' is expected, not {Describe(Here)}.{(Here.Kind == TokenKind.Word ? GateFaults.Nearest(Here.Text, [Champion]) : "")}", "A bound reads like: champion - 0.005");
            }
            if (Take("+")) sign = 1;
            else if (Take("-")) sign = -1;
            else return new GateBound(factor, constant);
        }
    }

    /// <summary>A number in the base unit of what it stands for; null for a bare factor.</summary>
    double Number(FigureKind? kind, string what)
    {
        if (Here.Kind != TokenKind.Number) throw _faults.At(Here.At, $"A number is expected for {what}, not {Describe(Here)}.", "Numbers read like 0.95, with a point.");
        var token = _tokens[_at++];
        var needs = kind switch
        {
            FigureKind.Latency => "us, ms or s",
            FigureKind.Size => "B, kB, MB or GB",
            _ => null,
        };
        if (token.Text.Length == 0)
            return needs is null ? token.Number : throw _faults.At(token.At, $"The number needs a unit as {what}.", $"Units: {needs}.");
        if (GateUnits.KindOf(token.Text) == (kind ?? FigureKind.Share)) return GateUnits.ToBase(token.Number, token.Text);
        throw _faults.At(token.At, $"'{token.Text}' is no unit for {what}.", needs is null ? "Write a bare number, or a share with %." : $"Units: {needs}.");
    }

    void Check(GateFigure figure, GateBound bound, int at)
    {
        if (figure.Kind == FigureKind.Count && bound.Factor != 0) throw _faults.At(at, "Both models are judged on the same images.", "Write a number of images.");
        if (bound.Factor != 0 || figure.Kind != FigureKind.Share || bound.Constant is >= 0 and <= 1) return;
        throw _faults.At(at, FormattableString.Invariant($"'{figure.Name}' lies between 0 and 1, so {bound.Constant:R} decides nothing."), "Write a share such as 0.95 or 95%.");
    }

    bool OrUnclear()
    {
        if (!IsWord("or")) return false;
        _at++;
        Expect("unclear", "Write 'or unclear' to let pass what cannot be told; several demands are several expressions.");
        return true;
    }

    void End()
    {
        if (Here.Kind != TokenKind.End) throw _faults.At(Here.At, $"The demand should end here, but {Describe(Here)} follows.", "Write one demand in one expression.");
    }

    void Expect(string word, string action)
    {
        if (!IsWord(word)) throw _faults.At(Here.At, $"'{word}' is expected here, not {Describe(Here)}.{(Here.Kind == TokenKind.Word ? GateFaults.Nearest(Here.Text, [word]) : "")}", action);
        _at++;
    }

    bool Take(string symbol)
    {
        if (!IsSymbol(symbol)) return false;
        _at++;
        return true;
    }

    bool IsSymbol(string symbol) => Here.Kind == TokenKind.Symbol && Here.Text == symbol;

    bool IsWord(string word) => Here.Kind == TokenKind.Word && Here.Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    string Describe(GateToken token) => token.Kind switch
    {
        TokenKind.End => "the end",
        TokenKind.Number => $"the number {_text[token.At..].Split(' ', 2)[0]}",
        _ => $"'{token.Text}'",
    };
}
