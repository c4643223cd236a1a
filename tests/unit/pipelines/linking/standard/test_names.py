"""Names as people write them, and the columns that come of it."""


def test_a_first_name_is_one_word_and_its_further_words_are_middle_names(check):
    check("""
        first_name | middle_name | last_name => first  | middle    | middle_initial | last
        Mary Ann   | L           | O'Brien   => MARY   | ANN L     | A              | OBRIEN
        Dr. José   | N/A         | Peña      => JOSE   |           |                | PENA
        La Toya    | NMN         | Łukasz    => LATOYA |           |                | LUKASZ
        JO ANN     |             | ĐẶNG      => JOANN  |           |                | DANG
        J.         | Robert      | Weiß      => J      | ROBERT    | R              | WEISS
        MD         | Abdul MD    | Karim MD  => MD     | ABDUL     | A              | KARIM
    """)


def test_suffixes_are_found_wherever_they_stand(check):
    check("""
        first_name | middle_name | last_name | name_suffix => first | middle | last  | suffix
        John       | Q           | Smith     | Jr.         => JOHN  | Q      | SMITH | JR
        John       | JR          | Smith     |             => JOHN  |        | SMITH | JR
        John II    |             | Smith     |             => JOHN  |        | SMITH | II
        John       | V           | Smith     |             => JOHN  | V      | SMITH |
        John       |             | Smith V   |             => JOHN  |        | SMITH | V
        John       |             | Smith 3rd |             => JOHN  |        | SMITH | III
        John       |             | Smith Sr  | 2nd         => JOHN  |        | SMITH | II
        John       |             | Smith     | 4           => JOHN  |        | SMITH | IV
        John       |             | Smith     | Esq         => JOHN  |        | SMITH |
    """)


def test_particles_are_joined_articles_dropped_and_double_names_kept(check):
    check("""
        first_name | last_name        => last        | last_parts
        A          | Smith-Jones      => SMITH JONES | JONES SMITH
        A          | García y López   => GARCIA LOPEZ | GARCIA LOPEZ
        A          | de la Cruz       => DELACRUZ    | CRUZ DELACRUZ
        A          | DELACRUZ         => DELACRUZ    | CRUZ DELACRUZ
        A          | De Leon          => DELEON      | DELEON
        A          | van der Berg     => VANDERBERG  | VANDERBERG
        A          | Mc Donald        => MCDONALD    | MCDONALD
        A          | O Brien          => OBRIEN      | OBRIEN
        A          | Saint John       => STJOHN      | STJOHN
        A          | Al-Hassan        => HASSAN      | HASSAN
        A          | bin Laden        => LADEN       | LADEN
        A          | Van              => VAN         | VAN
        A          | Null             => NULL        | NULL
    """)


def test_a_person_of_one_name_has_it_as_last_name(check):
    check("""
        first_name | last_name => first | last
        Sukarno    |           =>       | SUKARNO
                   | Sukarno   =>       | SUKARNO
        Sukarno    | SUKARNO   =>       | SUKARNO
        FNU        | Sukarno   =>       | SUKARNO
        Sukarno    | LNU       =>       | SUKARNO
        .          | Sukarno   =>       | SUKARNO
        Unknown    | Sukarno   =>       | SUKARNO
        XXX        | N/A       =>       |
                   |           =>       |
    """)


def test_names_in_one_field(check):
    check("""
        full_name                   => first  | middle | last             | suffix
        SMITH, JOHN Q. MR. JR.      => JOHN   | Q      | SMITH            | JR
        SMITH JR, JOHN              => JOHN   |        | SMITH            | JR
        SMITH, JR., JOHN            => JOHN   |        | SMITH            | JR
        John Smith, Jr.             => JOHN   |        | SMITH            | JR
        John Q Smith MD             => JOHN   | Q      | SMITH            |
        John Smith V                => JOHN   |        | SMITH            | V
        SMITH, JOHN V               => JOHN   | V      | SMITH            |
        Juan de la Cruz             => JUAN   |        | DELACRUZ         |
        DE LA CRUZ, MARIA           => MARIA  |        | DELACRUZ         |
        Van Morrison                => VAN    |        | MORRISON         |
        Mary D Smith                => MARY   | D      | SMITH            |
        Rev. Martin Luther King Jr  => MARTIN | LUTHER | KING             | JR
        Robert "Bob" O'Brien        => ROBERT |        | OBRIEN           |
        John & Mary Smith           => JOHN   |        | SMITH            |
        Anna Maria Sofia Lena Weber => ANNA   | MARIA SOFIA LENA | WEBER  |
        RAHMAN, MD                  => MD     |        | RAHMAN           |
        Sukarno                     =>        |        | SUKARNO          |
        ,                           =>        |        |                  |
    """)


def test_a_name_in_columns_counts_more_than_one_in_one_field(check):
    check("""
        full_name  | first_name | last_name => first | last
        DOE, JANE  | John       | Smith     => JOHN  | SMITH
        DOE, JANE  |            |           => JANE  | DOE
        DOE, JANE  | John       |           =>       | JOHN
    """)


def test_nicknames_name_what_they_are_short_for_and_initials_nothing(standardised):
    bob, robert, initial, none = standardised(
        [{"first_name": name, "last_name": "XY"} for name in ("Bob", "Robert", "B", "")]
    )
    assert {"BOB", "ROBERT"} <= set(bob["first_forms"])
    assert bob["first_forms"] == sorted(bob["first_forms"])
    assert "ROBERT" in robert["first_forms"]
    assert initial["first_forms"] == []
    assert none["first_forms"] is None


def test_transliterations_share_a_key_and_other_names_do_not(standardised):
    alike = [
        ("Mohammed", "Muhammad", "Mohamad", "Mohamed", "MD", "Mohd"),
        ("Hussein", "Husayn", "Hossain"),
        ("Qasim", "Kassem"),
        ("Nguyen", "Nguyễn", "NGUYÊN"),
        ("Rashid", "Rachid"),
        ("Yusuf", "Youssef"),
        ("Gonzalez", "Gonzáles"),
        ("Omar", "Umer"),
        ("Lee",),
        ("Li",),
    ]
    firsts = standardised([{"first_name": name, "last_name": "Doe"} for names in alike for name in names])
    lasts = standardised([{"last_name": name} for names in alike for name in names])
    keys = iter([(one["first_key"], other["last_key"]) for one, other in zip(firsts, lasts, strict=True)])
    found = [{next(keys) for _ in names} for names in alike]
    assert all(len(group) == 1 for group in found)
    assert len(set.union(*found)) == len(alike)
